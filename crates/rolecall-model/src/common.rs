//! What copies of a tenant have in common until one of them changes it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value of its own, or one that is held in common and copied at the first change.
///
/// Reading and filling one of its own costs no more than the value itself: nothing is counted.
#[derive(Debug)]
pub enum Common<T> {
    /// Its own.
    Own(T),
    /// In common with copies.
    Shared(Arc<T>),
}

impl<T: Default> Common<T> {
    /// Lets copies have the value in common from now on.
    pub fn share(&mut self) {
        if let Self::Own(value) = self {
            *self = Self::Shared(Arc::new(std::mem::take(value)));
        }
    }
}

impl<T: Default> Default for Common<T> {
    fn default() -> Self {
        Self::Own(T::default())
    }
}

impl<T: Clone> Clone for Common<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Own(value) => Self::Own(value.clone()),
            Self::Shared(value) => Self::Shared(Arc::clone(value)),
        }
    }
}

impl<T> Deref for Common<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            Self::Own(value) => value,
            Self::Shared(value) => value,
        }
    }
}

impl<T: Clone> DerefMut for Common<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        if let Self::Shared(value) = self {
            *self = Self::Own(T::clone(value));
        }
        match self {
            Self::Own(value) => value,
            // Made its own above.
            Self::Shared(value) => Arc::make_mut(value),
        }
    }
}

impl<'a, T> IntoIterator for &'a Common<Vec<T>> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: Clone> IntoIterator for &'a mut Common<Vec<T>> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}
