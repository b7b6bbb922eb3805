package io.sentinel.verify.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.verify.catalogue.Catalogue;
import io.sentinel.verify.rule.Rule;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FamiliesTest {

    @Test
    void everyFamilyOfTheCatalogueHasANameOfItsOwn() {
        Set<String> letters = Catalogue.rules().stream().map(Rule::family).collect(Collectors.toSet());
        assertThat(letters).allSatisfy(family -> assertThat(Families.name(family))
                .as(family)
                .isNotEqualTo(family)
                .hasSizeLessThanOrEqualTo(27));
        assertThat(letters.stream().map(Families::name)).doesNotHaveDuplicates();
    }
}
