<#ftl output_format="dockerfile">
# Rendered by sentinel-maven-plugin [=plain(version)] for the sandbox [=plain(spec.name)]. Do not edit it: change the spec and run
# `mvn sentinel:generate`.
#
# Values of the spec stand in exec form (a JSON list): no shell and no further interpretation sees them. But for the names of
# packages, which have no character that a shell reads otherwise, and for the steps that the spec gives to a shell.
FROM [=plain(from)]

# Root only while the image is built; the last USER below is who runs.
USER 0:0
<#if spec.image.packages?has_content>

# Packages, by the base's own package manager, without recommendations and without leaving its lists behind.
RUN set -eu; \
    if command -v apt-get >/dev/null; then \
        apt-get update; \
        DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends<#list spec.image.packages as package> [=package]</#list>; \
        rm -rf /var/lib/apt/lists/*; \
    elif command -v apk >/dev/null; then \
        apk add --no-cache<#list spec.image.packages as package> [=package]</#list>; \
    elif command -v dnf >/dev/null; then \
        dnf install --assumeyes --nodocs --setopt=install_weak_deps=False<#list spec.image.packages as package> [=package?replace("=", "-")]</#list>; \
        dnf clean all; \
    else \
        echo "sentinel: image.packages needs a base with apt-get, apk or dnf" >&2; exit 1; \
    fi
</#if>
<#if copies?has_content>

# The project's own files, owned by root: the agent reads them and cannot change them.
<#list copies as copy>
COPY --chown=0:0 [[=copy.source], [=copy.target]]
</#list>
</#if>
<#if spec.image.run?has_content>

# The spec's build steps.
<#list spec.image.run as step>
RUN [<#list step.words as word>[=word]<#sep>, </#list>]
</#list>
</#if>

# What starts before the agent, refuses what is amiss, and is replaced by the agent.
COPY --chown=0:0 ["scripts/entrypoint.sh", "/opt/sentinel/bin/entrypoint"]

# The mount points: runc 1.1 gives a tmpfs the mode of the folder below it, whatever the mount says. And no setuid or setgid
# program is left, whatever the base brought.
RUN set -eu; \
    chmod 0755 /opt/sentinel /opt/sentinel/bin /opt/sentinel/bin/entrypoint; \
    mkdir -p /workspace /tmp /run; \
    chmod 1777 /tmp /run; \
    find / -xdev -type f -perm /6000 -exec chmod a-s {} +

<#if guarded>
# The guard, for both machines: the one of this machine stays. And its hook, which says in Python programs which key of the
# policy would allow what the kernel refuses: each Python from 3.8 on that is found starts with it from here on, but with
# -S. The guard holds those without it too.
COPY --chown=0:0 ["guard/sentinel-guard-x86_64", "guard/sentinel-guard-aarch64", "/opt/sentinel/bin/"]
COPY --chown=0:0 ["guard/python", "/opt/sentinel/python"]
RUN set -eu; \
    cd /opt/sentinel/bin; \
    mv "sentinel-guard-$(uname -m)" sentinel-guard; \
    rm sentinel-guard-*; \
    chmod -R u=rwX,go=rX /opt/sentinel; \
    chmod 0755 sentinel-guard /opt/sentinel/python/install; \
    /opt/sentinel/python/install; \
    mkdir -p /opt/sentinel/audit; \
    : >/opt/sentinel/policy

</#if>
# A base's health check would run beside the agent, unasked.
HEALTHCHECK NONE
WORKDIR /workspace
USER [=plain(runsAs.uid)]:[=plain(runsAs.gid)]
# What it starts is the compose file's command.
ENTRYPOINT ["/opt/sentinel/bin/entrypoint"]
