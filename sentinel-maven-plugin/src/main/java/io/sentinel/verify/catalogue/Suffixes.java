package io.sentinel.verify.catalogue;

import com.google.common.net.InternetDomainName;
import java.util.List;

/** Names below which several owners have names (publicsuffix.org, with the providers' own: github.io, amazonaws.com). */
final class Suffixes {

    /** Names below which providers hand out names to everybody, as the list has them for one provider or another. */
    private static final List<String> HANDED_OUT = List.of(
            "s3", "s3.us-east-1", "blob.core", "web.core", "core", "elb", "compute-1", "pages", "apps", "storage");

    private Suffixes() {}

    /**
     * Whether an entry of an allow list is open to strangers.
     *
     * @param host a full name in ASCII
     * @param below whether the entry takes in every name below it
     */
    static boolean isOpen(String host, boolean below) {
        if (!InternetDomainName.isValid(host)) {
            return true;
        }
        InternetDomainName name = InternetDomainName.from(host);
        // A suffix may have a host of its own: as one name, it has one owner.
        return name.isRegistrySuffix() || below && (name.isPublicSuffix() || handsOut(name.toString()));
    }

    /** Whether the names of strangers stand somewhere below a name of a provider's own, as s3.amazonaws.com does. */
    private static boolean handsOut(String host) {
        return HANDED_OUT.stream()
                .map(label -> label + "." + host)
                .anyMatch(below -> InternetDomainName.isValid(below)
                        && InternetDomainName.from(below).isPublicSuffix());
    }
}
