def log = new File(basedir, 'build.log').text
assert log.contains('Tests run: 2, Failures: 0, Errors: 0, Skipped: 0')
assert new File(basedir, 'sandbox-workspace/workspace/project/target/surefire-reports/sample.GreetingTest.txt').exists()
def outcome = new groovy.json.JsonSlurper().parse(new File(basedir, 'target/sentinel/outcome.json'))
assert outcome.exitCode == 0 && outcome.reason == 'exited' && outcome.profile == 'strict'
