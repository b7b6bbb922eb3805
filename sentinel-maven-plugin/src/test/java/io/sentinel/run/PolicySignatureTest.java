package io.sentinel.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.render.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicySignatureTest {

    /** RFC 4231, test case 2. */
    private static final byte[] DATA = "what do ya want for nothing?".getBytes(UTF_8);

    private static final String MAC = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    private static final byte[] POLICY = "allowed_commands: [git]\n".getBytes(UTF_8);

    @TempDir
    private Path folder;

    private Layout layout;
    private Path workspace;
    private KeyPair pair;
    private Path key;
    private Path signature;
    private byte[] signed;

    @BeforeEach
    void aKeyAndASignature() throws Exception {
        Path project = Files.createDirectories(folder.resolve("project"));
        Path spec =
                Files.createDirectories(project.resolve("src/main/sentinel")).resolve("sandbox.yaml");
        layout = new Layout(project, spec, project.resolve("target/bundle"), project.resolve("target"));
        workspace = Files.createDirectories(project.resolve("sandbox-workspace"));
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        key = Files.writeString(folder.resolve("key.pem"), pem(pair.getPublic().getEncoded()));
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(POLICY);
        signed = signer.sign();
        signature = Files.write(folder.resolve("policy.sig"), signed);
    }

    private static String pem(byte[] der) {
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END PUBLIC KEY-----\n";
    }

    private PolicySignature of(String... variables) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            map.put(variables[i], variables[i + 1]);
        }
        return new PolicySignature(layout, List.of(workspace), map);
    }

    private PolicySignature ofFiles() {
        return of(
                PolicySignature.PUBLIC_KEY, key.toString(),
                PolicySignature.SIGNATURE, signature.toString());
    }

    @Test
    void nothingGivenIsNothingToVerify() {
        PolicySignature none = of();
        assertThat(none.isGiven()).isFalse();
        assertThatCode(() -> none.verify(POLICY)).doesNotThrowAnyException();
        // A build server sets a secret that it does not have to nothing: that is no leave to go unsigned.
        for (String name : new String[] {PolicySignature.HMAC_KEY, PolicySignature.SIGNATURE}) {
            PolicySignature empty = of(name, " ");
            assertThat(empty.isGiven()).isTrue();
            assertThatThrownBy(() -> empty.verify(POLICY))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith(name + " is set and empty");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PolicySignature.HMAC_KEY,
                PolicySignature.HMAC,
                PolicySignature.PUBLIC_KEY,
                PolicySignature.SIGNATURE
            })
    void halfIsRefused(String name) {
        PolicySignature half = of(name, "x");
        assertThat(half.isGiven()).isTrue();
        assertThatThrownBy(() -> half.verify(POLICY))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith(name + " is set, and SENTINEL_POLICY_")
                .hasMessageEndingWith(" is not; set both, or neither");
    }

    @Test
    void theHmacOfTheStandardIsGood() {
        assertThatCode(() -> hmac(MAC).verify(DATA)).doesNotThrowAnyException();
        assertThatCode(() -> hmac(MAC.toUpperCase(java.util.Locale.ROOT)).verify(DATA))
                .doesNotThrowAnyException();
    }

    private PolicySignature hmac(String mac) {
        return of(PolicySignature.HMAC_KEY, "Jefe", PolicySignature.HMAC, mac);
    }

    @Test
    void anotherHmacIsRefusedAndTheKeyIsNotTold() {
        String flipped = "0" + MAC.substring(1);
        for (PolicySignature bad :
                new PolicySignature[] {hmac(flipped), of(PolicySignature.HMAC_KEY, "Jefe ", PolicySignature.HMAC, MAC)
                }) {
            assertThatThrownBy(() -> bad.verify(DATA))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("is not SENTINEL_POLICY_HMAC_SHA256")
                    .hasMessageNotContaining("Jefe");
        }
        assertThatThrownBy(() -> hmac(MAC).verify(POLICY)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> hmac("abc").verify(DATA)).hasMessageContaining("is not 64 hexadecimal digits");
    }

    @Test
    void aSignatureIsGoodRawAndInBase64() throws Exception {
        assertThatCode(() -> ofFiles().verify(POLICY)).doesNotThrowAnyException();
        Files.writeString(signature, Base64.getMimeEncoder().encodeToString(signed) + "\n");
        assertThatCode(() -> ofFiles().verify(POLICY)).doesNotThrowAnyException();
    }

    @Test
    void anotherPolicyOrKeyOrSignatureIsRefused() throws Exception {
        assertBad(ofFiles(), DATA);
        signed[10] ^= 1;
        Files.write(signature, signed);
        assertBad(ofFiles(), POLICY);
        signed[10] ^= 1;
        Files.write(signature, signed);
        assertThatCode(() -> ofFiles().verify(POLICY)).doesNotThrowAnyException();
        byte[] other = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
        Files.writeString(key, pem(other));
        assertBad(ofFiles(), POLICY);
        // No key could have made it: its second half is no scalar.
        Files.write(signature, new byte[64]);
        assertBad(ofFiles(), POLICY);
        java.util.Arrays.fill(signed, (byte) 0xFF);
        Files.write(signature, signed);
        assertBad(ofFiles(), POLICY);
    }

    private static void assertBad(PolicySignature signature, byte[] policy) {
        assertThatThrownBy(() -> signature.verify(policy))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("is not one of this policy by the key in");
    }

    @Test
    void whatIsNoKeyIsRefused() throws Exception {
        byte[] rsa = KeyPairGenerator.getInstance("RSA")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
        byte[] secret = pair.getPrivate().getEncoded();
        String both = pem(pair.getPublic().getEncoded()) + pem(rsa);
        for (String text : new String[] {
            pem(rsa), pem(secret), pem(secret).replace("PUBLIC", "PRIVATE"), "", "x", pem(new byte[0]), both
        }) {
            Files.writeString(key, text);
            assertThatThrownBy(() -> ofFiles().verify(POLICY))
                    .as(text)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("holds no Ed25519 public key")
                    .hasMessageNotContaining(Base64.getEncoder().encodeToString(secret));
        }
    }

    @Test
    void whatIsNoSignatureIsRefused() throws Exception {
        for (byte[] bytes : new byte[][] {{}, new byte[63], "not base64!".getBytes(UTF_8), "AAAA".getBytes(UTF_8)}) {
            Files.write(signature, bytes);
            assertThatThrownBy(() -> ofFiles().verify(POLICY))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(
                            "holds no signature: expected 64 bytes or their base64, found " + bytes.length);
        }
        Files.delete(signature);
        assertThatThrownBy(() -> ofFiles().verify(POLICY)).hasMessageContaining("which is no file");
    }

    @Test
    void whereAnAgentCouldHavePutItIsRefused() throws Exception {
        Path good = key;
        key = Files.copy(good, workspace.resolve("key.pem"));
        assertPlace("in sandbox-workspace or leads through it, the agent's own folder");
        key = Files.createSymbolicLink(folder.resolve("link.pem"), workspace.resolve("key.pem"));
        assertPlace("in sandbox-workspace or leads through it, the agent's own folder");
        // The other way round: what it leads to is outside, and the link is the agent's to change.
        key = Files.createSymbolicLink(workspace.resolve("link.pem"), good);
        assertPlace("in sandbox-workspace or leads through it, the agent's own folder");
        key = Files.copy(good, layout.spec().resolveSibling("key.pem"));
        assertPlace("in src/main/sentinel, the spec's folder: a key that comes with what it vouches for");
        key = good;
        signature = Files.write(workspace.resolve("policy.sig"), signed);
        assertPlace("in sandbox-workspace or leads through it, the agent's own folder");
        signature = Files.write(layout.spec().resolveSibling("policy.sig"), signed);
        assertThatCode(() -> ofFiles().verify(POLICY)).doesNotThrowAnyException();
    }

    private void assertPlace(String where) {
        assertThatThrownBy(() -> ofFiles().verify(POLICY))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(where);
    }
}
