<#ftl output_format="squid">
# Rendered by sentinel-maven-plugin [=plain(version)] for the sandbox [=plain(spec.name)]. The sidecar's rules: what an
# agent in the proxied profile may reach. The names stand in allowed-domains.txt, one a line<#if allowed.limited?has_content>, and those with
# limits of their own below</#if>.

# --- The process: uid 13 with a read-only root and no capability, so nothing is written but to /tmp and the log streams.
visible_hostname sentinel-proxy
pid_filename none
coredump_dir /tmp
cache_log stdio:/dev/stderr
logfile_rotate 0
shutdown_lifetime 2 seconds
max_filedescriptors 4096
pinger_enable off
# Nothing here speaks of hardware addresses; asking the kernel for one took a fifth of the time of a short tunnel.
eui_lookup off
# Names come from DNS alone, and the health check's from this file: /etc/hosts would let the engine's entries in.
hosts_file /etc/sentinel-proxy/hosts

# --- Two listeners. Agents talk to `front`, where a denied CONNECT is answered 403. An allowed one goes once more through
# `peek`, on loopback, which reads the ClientHello of the TLS inside and never decrypts it: the certificate is a throw-away
# that no client ever sees.
http_port 3128 name=front
http_port 127.0.0.1:3129 ssl-bump tls-cert=/opt/sentinel/peek/peek.pem generate-host-certificates=off name=peek
acl on_front myportname front
acl on_peek myportname peek
acl from_loopback src 127.0.0.1
cache_peer 127.0.0.1 parent 3129 0 no-query no-digest no-netdb-exchange name=peekhop connect-timeout=5
cache_peer_access peekhop allow CONNECT on_front
cache_peer_access peekhop deny all
never_direct allow CONNECT on_front
always_direct allow on_peek
always_direct allow !CONNECT
nonhierarchical_direct off
# squid looks for `peek` before it has opened it, and so a second time, a moment later. Without that, it would answer 500 to
# the CONNECTs of a second or more after each start and reload.
connect_retries 2

# --- Nothing is stored, so nothing passes from one request to another.
cache deny all
cache_mem 0 MB
memory_pools off

# --- Nothing is told to the other side about who asks, and from where.
via off
# What an agent's own proxy would tell.
request_header_access Via deny all
forwarded_for delete
httpd_suppress_version_string on
request_header_access Proxy-Authorization deny all
request_header_access Forwarded deny all
request_header_access X-Forwarded-Host deny all
# An upgraded connection is a tunnel that no rule sees.
request_header_access Upgrade deny all
reply_header_access X-Cache deny all
reply_header_access X-Cache-Lookup deny all
reply_header_access X-Squid-Error deny all
global_internal_static off

# By default these ask DNS for the names of clients' addresses, which would tell a resolver outside about the inside.
url_rewrite_extras "%>a"
store_id_extras "%>a"

# --- Bounds on time and size, so that one agent cannot hold the sidecar.
request_header_max_size 32 KB
request_body_max_size 10 MB
request_start_timeout 10 seconds
request_timeout 10 seconds
connect_timeout 5 seconds
forward_timeout 10 seconds
read_timeout 5 minutes
write_timeout 1 minute
client_idle_pconn_timeout 30 seconds
server_idle_pconn_timeout 10 seconds
client_lifetime 2 hours
half_closed_clients off
client_ip_max_connections 256
dns_timeout 5 seconds
dns_retransmit_interval 2 seconds
positive_dns_ttl 5 minutes
negative_dns_ttl 30 seconds

# --- What the rules speak of.
acl methods method GET HEAD POST PUT PATCH DELETE OPTIONS CONNECT
acl plain_http proto HTTP
acl port_http port 80
acl port_https port 443
# Every port that one entry or another opens: to tunnels of TLS, and to plain HTTP.
<#list allowed.tlsPorts as port>
acl tls_ports port [=plain(port)]
</#list>
<#list allowed.httpPorts as port>
acl http_ports port [=plain(port)]
</#list>
# What the health check asks for, from inside, so that its CONNECT goes through both listeners. An agent's is denied.
acl health dstdomain -n health.invalid
# -n: compared as written. Without it squid asks reverse DNS for an address's name, which the address's owner chooses.
acl listed dstdomain -n "/etc/sentinel-proxy/allowed-domains.txt"
<#if allowed.limited?has_content>
# The same for the entries with limits of their own: all of their names, and then each by itself.
<#list allowed.limitedNames as name>
acl listed_limited dstdomain -n [=plain(name)]
</#list>
</#if>
<#list allowed.limited as host>
acl limited_[=plain(host?counter)] dstdomain -n [=plain(host.pattern)]
acl limited_[=plain(host?counter)]_ports port<#list host.ports as port> [=plain(port)]</#list>
<#if host.methods?has_content>
acl limited_[=plain(host?counter)]_methods method<#list host.methods as method> [=plain(method)]</#list>
</#if>
</#list>
# An address in any spelling (decimal, hexadecimal and octal numbers, fewer than four of them, IPv6), and names with
# characters that no host name has.
acl address dstdom_regex -n -i ^(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?$ \[ :
acl odd_name dstdom_regex -n [^A-Za-z0-9._-]
# Where a name must never lead, looked at after it was resolved: loopback, link-local (cloud metadata too), multicast, reserved
# ranges, and those that stand for other addresses. ::/96 is loopback, and IPv4 addresses in a form long given up.
# Not ::ffff:0:0/96: squid keeps IPv4 addresses in that form, so it would match every one of them.
acl reserved dst 0.0.0.0/8 127.0.0.0/8 169.254.0.0/16 192.0.0.0/24 198.18.0.0/15 224.0.0.0/4 240.0.0.0/4
# Where clouds answer with credentials (metadata services), outside of the link-local range: Azure, Alibaba, AWS, Google.
acl reserved dst 168.63.129.16 100.100.100.200 fd00:ec2::254 fd20:ce::254
acl reserved dst ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2002::/16 fe80::/10 fec0::/10 ff00::/8
# Private and shared ranges: where only an entry that says `private: true` may lead.
acl inward dst 10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16
acl inward dst fc00::/7
# Each denial notes its reason for the log.
acl why_manager annotate_transaction reason=manager
acl why_method annotate_transaction reason=method
acl why_scheme annotate_transaction reason=scheme
acl why_port annotate_transaction reason=port
acl why_address annotate_transaction reason=ip-literal
acl why_name annotate_transaction reason=bad-name
acl why_domain annotate_transaction reason=domain
acl why_reserved annotate_transaction reason=reserved-address
acl why_inward annotate_transaction reason=private-address
acl why_sni annotate_transaction reason=sni

# --- The rules; the first that matches decides. What needs no look-up comes first: a name is resolved only once it is
# listed, so that asking for a name is no way to send one out.
http_access deny manager why_manager
http_access deny !methods why_method
http_access deny !CONNECT !plain_http why_scheme
http_access deny CONNECT !tls_ports why_port
http_access deny !CONNECT !http_ports why_port
http_access allow CONNECT health from_loopback
http_access deny address why_address
http_access deny odd_name why_name
http_access deny !listed<#if allowed.limited?has_content> !listed_limited</#if> why_domain
http_access deny reserved why_reserved
http_access deny on_peek !from_loopback
<#list allowed.limited as host>
# [=plain(host.pattern)]: ports<#list host.ports as port> [=plain(port)]</#list><#if host.methods?has_content>, plain HTTP alone, methods<#list host.methods as method> [=plain(method)]</#list></#if><#if host.toPrivate>, private addresses too</#if>.
http_access allow limited_[=plain(host?counter)] limited_[=plain(host?counter)]_ports<#if host.methods?has_content> !CONNECT limited_[=plain(host?counter)]_methods</#if><#if !host.toPrivate> !inward</#if>
</#list>
http_access deny inward why_inward
http_access allow listed CONNECT port_https
http_access allow listed !CONNECT port_http
<#list allowed.limited as host>
<#if host.methods?has_content>
http_access deny limited_[=plain(host?counter)] limited_[=plain(host?counter)]_ports !CONNECT why_method
</#if>
</#list>
# Listed, and not on this port.
http_access deny all why_port

# --- TLS: the name in the ClientHello must be listed too, or the tunnel is cut. Never decrypted. A name counts only in a
# tunnel to a host of the same entry, or of the same list, so that one with limits is not reached past them.
acl hello_awaited at_step SslBump1
acl hello_read at_step SslBump2
acl sni_listed ssl::server_name --client-requested "/etc/sentinel-proxy/allowed-domains.txt"
<#list allowed.limited as host>
<#if host.passesTls>
acl sni_limited_[=plain(host?counter)] ssl::server_name --client-requested [=plain(host.pattern)]
</#if>
</#list>
ssl_bump peek hello_awaited
# Of the health check nothing goes any further, whatever the list has.
ssl_bump terminate health
ssl_bump splice hello_read sni_listed listed port_https
<#list allowed.limited as host>
<#if host.passesTls>
ssl_bump splice hello_read sni_limited_[=plain(host?counter)] limited_[=plain(host?counter)] limited_[=plain(host?counter)]_ports
</#if>
</#list>
ssl_bump terminate all why_sni
on_unsupported_protocol respond all

# --- JSON objects on standard output, with the reason of a denial. A tunnel has one of each listener and one more when it
# is over; the plugin makes one record of them (target/sentinel/egress.jsonl). %# escapes the agent's words.
logformat sentinel {"ts":%ts.%03tu,"client":"%>a","method":"%#rm","host":"%#>rd","port":"%#>rP","sni":"%#ssl::>sni","status":%>Hs,"result":"%Ss","bump":"%ssl::bump_mode","reason":"%#{reason}note","error":"%err_code","bytesIn":%>st,"bytesOut":%<st,"ms":%tr}
access_log stdio:/dev/stdout logformat=sentinel
