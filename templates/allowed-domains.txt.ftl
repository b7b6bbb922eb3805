<#ftl output_format="squid">
# Rendered by sentinel-maven-plugin [=plain(version)] for the sandbox [=plain(spec.name)]. The hosts that the sidecar lets
# through, one a line; a leading dot allows every name below it too. Nothing else passes.
<#list spec.allow as host>
[=plain(host)]
</#list>
