package dev.tidemark.model;

import java.util.Arrays;

/** A growing buffer of UTF-8 text, kept for reuse: it makes no garbage but the array it returns. */
final class Utf8Buffer {

    /** Larger buffers are let go after use, so that one large row does not pin its memory for ever. */
    private static final int KEPT_BYTES = 1 << 16;

    private static final int LONGEST_NUMBER = 20;

    private byte[] bytes = new byte[1024];
    private int length;

    void clear() {
        length = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[KEPT_BYTES];
        }
    }

    Utf8Buffer append(byte[] more) {
        reserve(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
        return this;
    }

    /** Appends text of ASCII characters. */
    @SuppressWarnings("deprecation") // the deprecated getBytes is the one that copies ASCII without an encoder
    Utf8Buffer append(String ascii) {
        reserve(ascii.length());
        ascii.getBytes(0, ascii.length(), bytes, length);
        length += ascii.length();
        return this;
    }

    Utf8Buffer append(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Appends a number that is not negative. */
    Utf8Buffer append(long number) {
        reserve(LONGEST_NUMBER);
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
