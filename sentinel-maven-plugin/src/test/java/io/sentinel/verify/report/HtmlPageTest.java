package io.sentinel.verify.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page's bytes must be. How it looks and is used, it/report checks in a browser. */
class HtmlPageTest {

    private static final String RICH = page(Samples.rich());

    @Test
    void thePolicyNamesTheStyleSheetAndTheScriptByTheirDigests() throws Exception {
        String policy = find("http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"", RICH);
        assertThat(policy.replace("&#39;", "'"))
                .isEqualTo("default-src 'none'; style-src '" + digest(find("(?s)<style>(.*?)</style>", RICH))
                        + "'; script-src '" + digest(find("(?s)<script>(.*?)</script>", RICH))
                        + "'; base-uri 'none'; form-action 'none'");
    }

    @Test
    void itAsksForNoOtherFileAndHasNoMarkupOfOthers() {
        assertThat(RICH).containsOnlyOnce("<script").containsOnlyOnce("<style");
        assertThat(RICH).doesNotContainPattern("<(img|link|iframe|object|embed|base|audio|video)\\b");
        assertThat(RICH).doesNotContainPattern("<[^>]* (src|style|on\\w+)=");
        assertThat(all("<a [^>]*href=\"([^\"]*)\"", RICH)).allMatch(href -> href.startsWith("#"));
        assertThat(RICH).contains("&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;");
        assertThat(RICH).contains("&quot; onload=&quot;x");
    }

    @Test
    void everyRuleHasAnEntryAndTheBrokenOnesAreOpenAndFirst() {
        List<String> entries = all("<details class=\"entry (\\w+\" id=\"[^\"]+\"[^>]*)>", RICH);
        assertThat(entries).hasSize(117);
        assertThat(entries.stream()
                        .map(entry -> entry.substring(0, entry.indexOf('"')))
                        .distinct())
                .containsExactly("broken", "unknown", "waived", "held");
        assertThat(entries).allMatch(entry -> entry.startsWith("broken") == entry.endsWith(" open"));
        assertThat(all("<details class=\"entry \\w+\" id=\"([^\"]+)\"", RICH)).doesNotHaveDuplicates();
    }

    @Test
    void everyFindingIsShown() {
        assertThat(all("(<div class=\"seen\")", RICH))
                .hasSize(Samples.rich().findings().size());
    }

    @Test
    void idsAreUniqueAndWhatIsReferredToIsThere() {
        List<String> ids = all(" id=\"([^\"]+)\"", RICH);
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(ids).containsAll(all(" (?:aria-labelledby|for)=\"([^\"]+)\"", RICH));
        assertThat(ids).containsAll(all("href=\"#([^\"]+)\"", RICH));
    }

    @Test
    void aCleanReportHasNoPartThatIsEmpty() {
        String page = page(Samples.clean(EnumSet.of(Ring.STATIC)));
        assertThat(page).contains("<title>Passed: demo");
        assertThat(page).doesNotContain("Drift", "Canaries", "Waivers</h2>", "Weaker than", "Before all else");
        assertThat(all("<th scope=\"colgroup\" colspan=\"4\">(\\w+)", page)).containsExactly("static");
    }

    @Test
    void aReasonOfManyRulesIsToldOnceAndReferredTo() {
        Verdict dark = new Verdict.Unknown("Compose gives no model: it is no YAML");
        String page = page(Samples.report(
                EnumSet.of(Ring.STATIC),
                Severity.HIGH,
                List.of(
                        Samples.finding("CAP-1", "a", Ring.STATIC, dark),
                        Samples.finding("CAP-2", "a", Ring.STATIC, dark),
                        Samples.finding("NNP-1", "a", Ring.STATIC, dark)),
                List.of(),
                List.of(),
                List.of(),
                List.of()));
        assertThat(page)
                .containsOnlyOnce("Compose gives no model")
                .contains("Could not tell: 3 rules, with 3 findings");
        assertThat(all("<a href=\"(#reason-1)\"", page)).hasSize(3);
        assertThat(page).containsOnlyOnce("id=\"reason-1\"");
    }

    @Test
    void numbersHaveNoSeparators() {
        assertThat(RICH).contains(Samples.rich().findings().size() + " findings");
        assertThat(RICH).doesNotContainPattern(">\\d{1,3},\\d{3}<");
    }

    private static String page(Report report) {
        return new String(HtmlPage.of(report), StandardCharsets.UTF_8);
    }

    private static String digest(String text) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return "sha256-" + Base64.getEncoder().encodeToString(digest);
    }

    private static String find(String pattern, String text) {
        return all(pattern, text).get(0);
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
