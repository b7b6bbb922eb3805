<#ftl output_format="squid">
# Rendered by sentinel-maven-plugin [=plain(version)] for the sandbox [=plain(spec.name)]. The hosts that the sidecar lets
# through, one a line, on port 443 by TLS and on port 80 by plain HTTP; a leading dot allows every name below it too.
<#if allowed.limited?has_content>
# Entries with ports, methods or private addresses of their own stand in squid.conf. Nothing else passes.
<#else>
# Nothing else passes.
</#if>
<#list origins as name, found>
# [=plain(name)] came to<#list found as origin> [=plain(origin)]</#list>
</#list>
<#list allowed.standard as host>
[=plain(host.pattern)]
</#list>
