def log = new File(basedir, 'build.log').text
assert log.contains('work    a worker computed 499500')
assert log.contains('work    a child process said Linux')
['/etc/passwd', '/opt/agent/agent.js', '/workspace/sentinel.yaml'].each {
    assert log.contains("denied  writing $it: E")
}
assert !log.contains('DONE    ')
assert log.contains('network lo')
assert new File(basedir, 'sandbox-workspace/workspace/report.json').text == '{"sum":499500}'
def outcome = new groovy.json.JsonSlurper().parse(new File(basedir, 'target/sentinel/outcome.json'))
assert outcome.exitCode == 0 && outcome.reason == 'exited' && outcome.profile == 'strict'
