package io.sentinel.run;

import io.sentinel.render.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies who wrote a policy, on the host and by the JDK's own cryptography, before anything is started: by HMAC-SHA256
 * (RFC 2104) with a key that writer and host share, or by Ed25519 (RFC 8032) with the writer's public key. Whatever is
 * given must be good; what is given by half is refused.
 */
final class PolicySignature {

    static final String HMAC_KEY = "SENTINEL_POLICY_HMAC_KEY";
    static final String HMAC = "SENTINEL_POLICY_HMAC_SHA256";
    static final String PUBLIC_KEY = "SENTINEL_POLICY_PUBLIC_KEY";
    static final String SIGNATURE = "SENTINEL_POLICY_SIGNATURE";

    private static final int SIGNATURE_BYTES = 64;
    private static final int MAX_FILE = 64 * 1024;
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----\\s*");

    private final Layout layout;
    private final List<Path> workspaces;
    private final Map<String, String> variables;

    /**
     * @param layout of the project, whose relative paths start where it is
     * @param workspaces folders that agents write to
     * @param variables the invoker's
     */
    PolicySignature(Layout layout, List<Path> workspaces, Map<String, String> variables) {
        this.layout = layout;
        this.workspaces = List.copyOf(workspaces);
        this.variables = variables;
    }

    /** Whether the variables name one, if only by half. */
    boolean isGiven() {
        return Stream.of(HMAC_KEY, HMAC, PUBLIC_KEY, SIGNATURE)
                .anyMatch(name -> given(name).isPresent());
    }

    /**
     * Verifies what the variables name.
     *
     * @throws RefusedException where one is not good, is there by half, or comes from where an agent could have put it
     */
    void verify(byte[] policy) throws RefusedException, IOException {
        boolean hmac = pair(HMAC_KEY, HMAC);
        boolean signature = pair(PUBLIC_KEY, SIGNATURE);
        if (hmac) {
            verifyHmac(policy);
        }
        if (signature) {
            verifySignature(policy);
        }
    }

    private Optional<String> given(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    private boolean pair(String first, String second) throws RefusedException {
        for (String name : List.of(first, second)) {
            if (given(name).filter(String::isBlank).isPresent()) {
                throw new RefusedException(
                        name + " is set and empty, and an unsigned policy is not what it asks for; set"
                                + " it, or unset it");
            }
        }
        boolean one = given(first).isPresent();
        if (one != given(second).isPresent()) {
            throw new RefusedException((one ? first : second) + " is set, and " + (one ? second : first)
                    + " is not; set both, or neither");
        }
        return one;
    }

    private void verifyHmac(byte[] policy) throws RefusedException {
        String name = given(HMAC).orElseThrow().strip();
        if (!name.matches("[0-9a-fA-F]{64}")) {
            throw new RefusedException(HMAC + " is not 64 hexadecimal digits; set it to the policy's HMAC-SHA256");
        }
        byte[] key = given(HMAC_KEY).orElseThrow().getBytes(StandardCharsets.UTF_8);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            if (!MessageDigest.isEqual(mac.doFinal(policy), HexFormat.of().parseHex(name))) {
                throw new RefusedException(
                        "the policy's HMAC-SHA256 under " + HMAC_KEY + " is not " + HMAC
                                + ": the policy is not the one that was signed, or the key is another; take the one that was signed");
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private void verifySignature(byte[] policy) throws RefusedException, IOException {
        Path keyFile = file(PUBLIC_KEY, true);
        Path signatureFile = file(SIGNATURE, false);
        PublicKey key = key(keyFile);
        byte[] signature = signature(signatureFile);
        boolean good;
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(policy);
            good = verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            // The JDK throws for a signature that no key could have made.
            good = false;
        }
        if (!good) {
            throw new RefusedException(
                    "the signature in " + layout.shown(signatureFile) + " is not one of this policy"
                            + " by the key in " + layout.shown(keyFile)
                            + ": the policy is not the one that was signed, or the key is another; take the one that was signed");
        }
    }

    /** Where the public key stands; empty where none is named. */
    Optional<Path> publicKey() {
        return given(PUBLIC_KEY).map(name -> layout.project().resolve(name).normalize());
    }

    /**
     * A file that nobody can have put there whom it would protect from: who may write the spec could bring a key along, and
     * an agent lead to one by a link.
     */
    private Path file(String variable, boolean beyondSpec) throws RefusedException, IOException {
        Path file = layout.project().resolve(given(variable).orElseThrow());
        String names = variable + " names " + layout.shown(file.normalize()) + ", which is ";
        if (!Files.isRegularFile(file)) {
            throw new RefusedException(names + "no file; name one");
        }
        Trail trail = Trail.of(file);
        for (Path workspace : workspaces) {
            if (isWithin(file, trail, workspace)) {
                throw new RefusedException(names + "in " + layout.shown(workspace) + " or leads through it, the agent's"
                        + " own folder; keep it elsewhere");
            }
        }
        Path folder = layout.spec().getParent();
        if (beyondSpec && isWithin(file, trail, folder)) {
            throw new RefusedException(
                    names + "in " + layout.shown(folder) + ", the spec's folder: a key that comes with"
                            + " what it vouches for proves nothing; keep it elsewhere");
        }
        return file;
    }

    private static boolean isWithin(Path file, Trail trail, Path folder) throws IOException {
        return file.normalize().startsWith(folder) || Files.exists(folder) && trail.leadsThrough(folder.toRealPath());
    }

    private PublicKey key(Path file) throws RefusedException, IOException {
        String remedy = " holds no Ed25519 public key; write it with openssl pkey -pubout";
        Matcher pem = PEM.matcher(new String(read(file), StandardCharsets.ISO_8859_1).strip());
        if (!pem.matches()) {
            throw new RefusedException(layout.shown(file) + remedy);
        }
        try {
            byte[] der = Base64.getDecoder().decode(pem.group(1).replaceAll("\\s", ""));
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new RefusedException(layout.shown(file) + remedy);
        }
    }

    /** 64 bytes as they are, or in base64. */
    private byte[] signature(Path file) throws RefusedException, IOException {
        byte[] bytes = read(file);
        if (bytes.length == SIGNATURE_BYTES) {
            return bytes;
        }
        try {
            String text = new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("\\s", "");
            byte[] decoded = Base64.getDecoder().decode(text);
            if (decoded.length == SIGNATURE_BYTES) {
                return decoded;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new RefusedException(layout.shown(file) + " holds no signature: expected 64 bytes or their base64, found "
                + bytes.length + " bytes; write it with openssl pkeyutl -sign -rawin");
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_FILE);
        }
    }
}
