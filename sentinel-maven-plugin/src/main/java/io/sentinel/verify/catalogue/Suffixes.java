package io.sentinel.verify.catalogue;

import com.google.common.net.InternetDomainName;

/** Names below which several owners have names (publicsuffix.org, with the providers' own: github.io, amazonaws.com). */
final class Suffixes {

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
        return name.isRegistrySuffix() || below && name.isPublicSuffix();
    }
}
