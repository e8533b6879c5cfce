# rolecall in an image with a shell, so that CI jobs can run in it:
#   docker build -t rolecall . && docker run --rm -v "$PWD/export:/export:ro" rolecall
FROM rust:1-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --locked --profile dist --package rolecall --bin rolecall

FROM debian:bookworm-slim
RUN useradd --create-home --uid 10001 rolecall
COPY --from=build /source/target/dist/rolecall /usr/local/bin/rolecall
USER 10001
WORKDIR /export
ENTRYPOINT ["rolecall"]
CMD ["check", "."]
