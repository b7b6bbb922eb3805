def log = new File(basedir, 'build.log').text
['8 threads computed 140', 'a child process said Linux', 'wrote /workspace/workspace/report.txt'].each {
    assert log.contains("work    $it")
}
['changing a system file', 'changing its own program', 'changing its own policy', 'becoming root', 'a raw socket',
 'a user namespace of its own'].each {
    assert log.contains("denied  $it: ")
}
assert !log.contains('DONE    ')
assert log.contains("network ['lo']")
assert new File(basedir, 'sandbox-workspace/workspace/report.txt').text == 'written inside the sandbox\n'
def outcome = new groovy.json.JsonSlurper().parse(new File(basedir, 'target/sentinel/outcome.json'))
assert outcome.exitCode == 0 && outcome.reason == 'exited' && outcome.profile == 'strict'
