# The program alone: no shell, no package manager, nobody else's files but the libraries it calls.
# For x86-64. Scripts/image-check puts the last stage together without an engine, and runs it.

FROM swift:6.3.1-bookworm AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libssl-dev zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN swift build -c release --static-swift-stdlib --product portolan \
 && strip --strip-all -o /portolan .build/release/portolan

FROM scratch
ARG VERSION=1.0.0
LABEL org.opencontainers.image.title="Portolan" \
      org.opencontainers.image.description="What is this port, and which port is that?" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.licenses="Apache-2.0"

# All that the program and the libraries below name as needed: no more, no less.
COPY --from=build /lib64/ld-linux-x86-64.so.2 /lib64/
COPY --from=build /lib/x86_64-linux-gnu/libc.so.6 /lib/x86_64-linux-gnu/
COPY --from=build /lib/x86_64-linux-gnu/libm.so.6 /lib/x86_64-linux-gnu/
COPY --from=build /lib/x86_64-linux-gnu/libz.so.1 /lib/x86_64-linux-gnu/
COPY --from=build /lib/x86_64-linux-gnu/libgcc_s.so.1 /lib/x86_64-linux-gnu/
COPY --from=build /usr/lib/x86_64-linux-gnu/libstdc++.so.6 /usr/lib/x86_64-linux-gnu/
COPY --from=build /usr/lib/x86_64-linux-gnu/libcrypto.so.3 /usr/lib/x86_64-linux-gnu/
COPY --from=build /usr/lib/x86_64-linux-gnu/libssl.so.3 /usr/lib/x86_64-linux-gnu/
COPY --from=build /portolan /portolan

# The backtracer would start another program, which is not here.
ENV PORTOLAN_LISTEN=[::]:8080 \
    SWIFT_BACKTRACE=enable=no
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=2s --start-period=2s \
  CMD ["/portolan", "healthcheck", "http://127.0.0.1:8080/livez"]
ENTRYPOINT ["/portolan"]
CMD ["serve"]
