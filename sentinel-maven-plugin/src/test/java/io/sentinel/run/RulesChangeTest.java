package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RulesChangeTest {

    private static final String CONF = "# --- Rules\nvia off\nhttp_access deny all\n";

    @Test
    void hostsThatCameAndWentAreNamed() {
        assertThat(told("# List\n.a.example\nb.example\n", "# List\n.a.example\nc.example\nd.example\n"))
                .isEqualTo("Reloaded box: added c.example, d.example; removed b.example");
    }

    @Test
    void entriesWithLimitsAreNamedWithThem() {
        assertThat(told("# nexus.example: ports 8081, private addresses too.\n", "# nexus.example: ports 8081.\n"))
                .isEqualTo("Reloaded box: added nexus.example: ports 8081;"
                        + " removed nexus.example: ports 8081, private addresses too");
    }

    @Test
    void theSameRulesAreSaidToBeTheSame() {
        assertThat(told("a.example\n", "a.example\n")).isEqualTo("Reloaded box: nothing had changed");
    }

    @Test
    void otherRulesThatChangedAreTold() {
        assertThat(RulesChange.of("a.example\n" + CONF, "a.example\nvia on\n" + CONF)
                        .lines("box"))
                .containsExactly("Reloaded box: the same hosts, other rules changed");
    }

    @Test
    void ofALongListTheFirstAreShown() {
        String many =
                IntStream.range(100, 150).mapToObj(i -> "h" + i + ".example\n").collect(Collectors.joining());
        assertThat(told("", many))
                .startsWith("Reloaded box: added h100.example, ")
                .endsWith("h119.example and 30 more");
    }

    @Test
    void whatNoListHasIsNotShown() {
        assertThat(told("\u001b[31mevil\n# evil: ports 1\u001b[31m.\n", "")).doesNotContain("evil");
    }

    private static String told(String before, String now) {
        return String.join("\n", RulesChange.of(before + CONF, now + CONF).lines("box"));
    }
}
