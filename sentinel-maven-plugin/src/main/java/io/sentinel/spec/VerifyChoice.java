package io.sentinel.spec;

import java.util.List;

/**
 * What a verification of the sandbox takes into account.
 *
 * @param waivers the rules that are broken knowingly
 * @param canaries what must work in the sandbox, beside what every sandbox must do
 */
public record VerifyChoice(List<Waiver> waivers, List<Step> canaries) {

    /** Every rule counts. */
    public static final VerifyChoice NONE = new VerifyChoice(List.of(), List.of());

    public VerifyChoice {
        waivers = List.copyOf(waivers);
        canaries = List.copyOf(canaries);
    }
}
