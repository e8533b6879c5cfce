//! The files of a git revision, as a walk of its folders comes to them: links are followed, loops left.

use crate::inputs::{is_foreign, may_be_export, problem};
use rolecall_report::Problem;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// What a revision has at a path.
pub(crate) struct Entry {
    pub(crate) what: What,
    pub(crate) object: String,
    /// From the top of the work tree.
    pub(crate) path: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    File,
    Link,
    /// The commit of another repository.
    Submodule,
}

/// A file that a walk came to.
pub(crate) struct Met {
    /// The path by which it was come to, from the top of the work tree, with `/`.
    pub(crate) name: String,
    /// The path at which it lies.
    pub(crate) path: String,
    pub(crate) object: String,
    pub(crate) is_named: bool,
}

/// What a walk comes to.
#[derive(Default)]
pub(crate) struct Walked {
    /// In order of their names, each file once.
    pub(crate) files: Vec<Met>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) passed_over: Vec<String>,
    /// The paths that were named and are not there.
    pub(crate) missing: Vec<String>,
}

/// What a revision has, by path.
pub(crate) struct Tree {
    entries: BTreeMap<String, (What, String)>,
    /// Where each link leads.
    targets: HashMap<String, String>,
}

/// How many links one path may lead over, as on Linux.
const LINKS: usize = 40;

const LOOP: &str = "the link leads back to itself";
const OUTSIDE: &str = "the link leads out of the repository, and what was there is not known";
const NOWHERE: &str = "the link leads nowhere";
const SUBMODULE: &str = "the folder is a submodule, and what is in it lies in another repository";

impl Tree {
    /// A tree of entries, where each link leads to one of the targets.
    pub(crate) fn new(entries: Vec<Entry>, targets: HashMap<String, String>) -> Self {
        let entry = |entry: Entry| (named(&entry.path), (entry.what, entry.object));
        Self { entries: entries.into_iter().map(entry).collect(), targets }
    }

    /// Walks what is named: a file is taken whatever it is called, a folder is gone into.
    pub(crate) fn walk(&self, names: &[String]) -> Walked {
        let mut walked = Walked::default();
        for name in names {
            match self.real(name) {
                Err(why) => walked.say(name, why),
                Ok(path) => match self.entries.get(&path) {
                    Some((What::File, object)) => walked.meet(name.clone(), path, object, true),
                    Some(_) => walked.say(name, SUBMODULE),
                    None if self.has_folder(&path) => self.walk_folder(&path, name, &mut Vec::new(), &mut walked),
                    None => walked.missing.push(name.clone()),
                },
            }
        }
        walked.settle();
        walked
    }

    /// Goes through a folder that was come to by the name `shown`. `above` are the folders on the way there.
    fn walk_folder(&self, folder: &str, shown: &str, above: &mut Vec<String>, walked: &mut Walked) {
        for (path, (what, object)) in self.below(folder) {
            let rest = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/');
            let name = if shown.is_empty() { rest.to_owned() } else { format!("{shown}/{rest}") };
            if Path::new(rest).parent().is_some_and(|way| way.iter().any(is_foreign)) {
                continue;
            }
            match what {
                What::File => walked.meet_in_folder(name, path.clone(), object),
                What::Submodule if is_foreign_name(path) => {}
                What::Submodule => walked.say(&name, SUBMODULE),
                What::Link => self.follow(path, name, folder, above, walked),
            }
        }
    }

    /// Takes the file, or goes into the folder, that a link in a folder leads to.
    fn follow(&self, link: &str, name: String, folder: &str, above: &mut Vec<String>, walked: &mut Walked) {
        let path = match self.real(link) {
            Ok(path) => path,
            Err(why) => return walked.say(&name, why),
        };
        match self.entries.get(&path) {
            Some((What::File, object)) => walked.meet_in_folder(name, path, object),
            Some(_) => walked.say(&name, SUBMODULE),
            None if !self.has_folder(&path) => walked.say(&name, NOWHERE),
            None if is_foreign_name(link) => {}
            None => {
                let kept = above.len();
                let way = Path::new(link).ancestors().skip(1).map(named);
                above.extend(way.take_while(|part| part.starts_with(folder)));
                // What the link leads back to is walked already.
                if above.contains(&path) {
                    walked.passed_over.push(name);
                } else {
                    self.walk_folder(&path, &name, above, walked);
                }
                above.truncate(kept);
            }
        }
    }

    /// The path that another leads to when all links on it are followed.
    fn real(&self, path: &str) -> Result<String, &'static str> {
        let mut rest: Vec<&str> = path.split('/').rev().collect();
        let (mut real, mut links) = (String::new(), 0);
        while let Some(part) = rest.pop() {
            match part {
                "" | "." => continue,
                ".." if real.is_empty() => return Err(OUTSIDE),
                ".." => {
                    real.truncate(real.rfind('/').unwrap_or(0));
                    continue;
                }
                _ => {}
            }
            let from = real.len();
            if from > 0 {
                real.push('/');
            }
            real.push_str(part);
            if let Some(target) = self.targets.get(&real) {
                links += 1;
                match (links > LINKS, target.starts_with('/')) {
                    (true, _) => return Err(LOOP),
                    (_, true) => return Err(OUTSIDE),
                    _ => {}
                }
                real.truncate(from);
                rest.extend(target.split('/').rev());
            }
        }
        Ok(real)
    }

    fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.below(path).next().is_some()
    }

    fn below(&self, folder: &str) -> impl Iterator<Item = (&String, &(What, String))> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.entries.range(start.clone()..).take_while(move |(path, _)| path.starts_with(&start))
    }
}

impl Walked {
    fn meet_in_folder(&mut self, name: String, path: String, object: &str) {
        if may_be_export(Path::new(&name)) {
            self.meet(name, path, object, false);
        }
    }

    fn meet(&mut self, name: String, path: String, object: &str, is_named: bool) {
        self.files.push(Met { name, path, object: object.to_owned(), is_named });
    }

    fn say(&mut self, name: &str, why: &str) {
        let mut problem = problem("unreadable", &shown(name), why);
        "name the files and folders that are the export, or compare two folders of files".clone_into(&mut problem.help);
        self.problems.push(problem);
    }

    /// One file by two names is still one file.
    fn settle(&mut self) {
        // What was named comes first of those with one name.
        self.files.sort_by(|a, b| (&a.name, b.is_named).cmp(&(&b.name, a.is_named)));
        let mut seen = std::collections::HashSet::new();
        self.files.retain(|file| seen.insert(file.path.clone()));
    }
}

/// A path with `/`, such that no two have one name: bytes that are no text are characters that no text has.
pub(crate) fn named(path: &Path) -> String {
    let mut name = String::new();
    for (at, part) in path.iter().enumerate() {
        name.push_str(if at > 0 { "/" } else { "" });
        for chunk in part.as_encoded_bytes().utf8_chunks() {
            chunk.valid().chars().for_each(|c| match c {
                STRANGE.. => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| name.push(strange(byte))),
                _ => name.push(c),
            });
            chunk.invalid().iter().for_each(|byte| name.push(strange(*byte)));
        }
    }
    name
}

/// The first of the characters that stand for bytes. They are for private use, the last that there are.
const STRANGE: char = '\u{10ff00}';

fn strange(byte: u8) -> char {
    char::from_u32(u32::from(STRANGE) + u32::from(byte)).unwrap_or(STRANGE)
}

/// The bytes of the path of a name.
pub(crate) fn unnamed(name: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(name.len());
    for c in name.chars() {
        match c {
            STRANGE.. => bytes.push(u8::try_from(u32::from(c) - u32::from(STRANGE)).unwrap_or_default()),
            _ => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    bytes
}

/// A name as it is shown.
pub(crate) fn shown(name: &str) -> String {
    String::from_utf8_lossy(&unnamed(name)).into_owned()
}

fn is_foreign_name(path: &str) -> bool {
    Path::new(path).file_name().is_some_and(is_foreign)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks folders of a tree of files, of links with where they lead, and of submodules.
    fn walk(entries: &[(&str, What, &str)], names: &[&str]) -> Walked {
        let entry = |(path, what, _): &(&str, What, &str)| Entry {
            what: *what,
            object: (*path).to_owned(),
            path: (*path).into(),
        };
        let links = entries.iter().filter(|(_, what, _)| *what == What::Link);
        let targets = links.map(|(path, _, target)| ((*path).to_owned(), (*target).to_owned())).collect();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Tree::new(entries.iter().map(entry).collect(), targets).walk(&names)
    }

    fn met(walked: &Walked) -> Vec<(&str, &str)> {
        walked.files.iter().map(|file| (file.name.as_str(), file.path.as_str())).collect()
    }

    #[test]
    fn links_are_followed_to_files_and_folders() {
        let entries = [
            ("common/a/users.json", What::File, ""),
            ("common/roles.json", What::File, ""),
            ("export/again.json", What::Link, "./roles.json"),
            ("export/node_modules/x.json", What::File, ""),
            ("export/people", What::Link, "../common/b"),
            ("export/roles.json", What::Link, "../common/roles.json"),
            ("export/readme.md", What::File, ""),
            ("common/b", What::Link, "a"),
        ];
        let walked = walk(&entries, &["export"]);
        let expected =
            [("export/again.json", "common/roles.json"), ("export/people/users.json", "common/a/users.json")];
        assert_eq!((met(&walked), walked.problems.len()), (expected.to_vec(), 0));
        let walked = walk(&entries, &["export/people", "export/readme.md", "export/none.json"]);
        let expected = [("export/people/users.json", "common/a/users.json"), ("export/readme.md", "export/readme.md")];
        assert_eq!(met(&walked), expected);
        assert_eq!(walked.missing, ["export/none.json"]);
    }

    #[test]
    fn what_leads_back_is_left_and_what_leads_elsewhere_is_told() {
        let entries = [
            ("e/back", What::Link, "../e"),
            ("e/circle", What::Link, "circle"),
            ("e/deep/up", What::Link, ".."),
            ("e/far.json", What::Link, "/etc/roles.json"),
            ("e/nowhere", What::Link, "gone"),
            ("e/out", What::Link, "../../x"),
            ("e/roles.json", What::File, ""),
            ("e/sub", What::Submodule, ""),
            ("e/.terraform", What::Submodule, ""),
        ];
        let walked = walk(&entries, &["e"]);
        assert_eq!(met(&walked), [("e/roles.json", "e/roles.json")]);
        assert_eq!(walked.passed_over, ["e/back", "e/deep/up"]);
        let told: Vec<_> = walked.problems.iter().map(|p| (p.path.as_deref(), p.message.as_str())).collect();
        let expected = [
            (Some("e/circle"), LOOP),
            (Some("e/far.json"), OUTSIDE),
            (Some("e/nowhere"), NOWHERE),
            (Some("e/out"), OUTSIDE),
            (Some("e/sub"), SUBMODULE),
        ];
        assert_eq!(told, expected);
    }

    #[cfg(unix)]
    #[test]
    fn every_path_has_a_name_of_its_own_and_is_known_by_it() {
        use std::os::unix::ffi::OsStrExt;
        let paths: [&[u8]; 5] = [b"a/\xff", b"a/\xfe", "a/\u{10ffff}".as_bytes(), "a/\u{fffd}".as_bytes(), b"a/b.json"];
        let names = paths.map(|path| named(Path::new(std::ffi::OsStr::from_bytes(path))));
        assert_eq!(names.each_ref().map(|name| unnamed(name)), paths);
        assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), paths.len());
        assert_eq!(
            names.each_ref().map(|name| shown(name)),
            ["a/\u{fffd}", "a/\u{fffd}", "a/\u{10ffff}", "a/\u{fffd}", "a/b.json"]
        );
    }
}
