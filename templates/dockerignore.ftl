<#ftl output_format="dockerfile">
# Rendered by sentinel-maven-plugin [=plain(version)]. The build sees what it copies and nothing else: no mount, no policy, no
# lock file, nothing that somebody leaves in this folder.
*
!context
!scripts/entrypoint.sh
<#if guarded>
!guard/sentinel-guard-*
!guard/python
</#if>
