package dev.tidemark.web.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Remembers which password was right, as a keyed hash: without sessions each request brings its password, and bcrypt takes a tenth of a second of CPU on purpose.
 * Wrong ones are not remembered, and are checked one after the other, so that guessing costs one core at most.
 */
final class RememberingPasswordEncoder implements PasswordEncoder {

    private static final String HMAC = "HmacSHA256";

    private final PasswordEncoder encoder;
    private final SecretKeySpec key;
    private final Map<String, byte[]> right = new ConcurrentHashMap<>();

    RememberingPasswordEncoder(PasswordEncoder encoder) {
        this.encoder = encoder;
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, HMAC);
    }

    @Override
    public @Nullable String encode(@Nullable CharSequence password) {
        return encoder.encode(password);
    }

    @Override
    public boolean matches(@Nullable CharSequence password, @Nullable String encoded) {
        if (password == null || encoded == null) {
            return false;
        }
        byte[] hash = hash(password);
        byte[] known = right.get(encoded);
        if (known != null && MessageDigest.isEqual(known, hash)) {
            return true;
        }
        return isRight(password, encoded, hash);
    }

    private synchronized boolean isRight(CharSequence password, String encoded, byte[] hash) {
        if (!encoder.matches(password, encoded)) {
            return false;
        }
        right.put(encoded, hash);
        return true;
    }

    private byte[] hash(CharSequence password) {
        byte[] bytes = password.toString().getBytes(StandardCharsets.UTF_8);
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + HMAC, e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
