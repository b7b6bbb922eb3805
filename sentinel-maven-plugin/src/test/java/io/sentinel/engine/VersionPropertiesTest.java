package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class VersionPropertiesTest {

    @Property
    void whatIsWrittenIsReadBack(
            @ForAll @IntRange(max = 999_999_999) int major,
            @ForAll @IntRange(max = 999_999_999) int minor,
            @ForAll @IntRange(max = 999_999_999) int patch) {
        Version version = new Version(major, minor, patch);
        assertThat(Version.parse(version.toString())).contains(version);
        assertThat(Version.parse("v" + version + "-1~deb13")).contains(version);
    }

    @Property
    void anyTextIsAVersionOrNone(@ForAll @StringLength(max = 20) String text) {
        assertThat(Version.parse(text)).isNotNull();
    }
}
