package dev.tidemark.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.converter.StringHttpMessageConverter;

/** Refuses bodies that are not UTF-8, where Spring's own would put U+FFFD for what it cannot read. */
final class StrictStringConverter extends StringHttpMessageConverter {

    StrictStringConverter() {
        super(StandardCharsets.UTF_8);
    }

    @Override
    protected String readInternal(Class<? extends String> type, HttpInputMessage message) throws IOException {
        try {
            byte[] bytes = message.getBody().readAllBytes();
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new HttpMessageNotReadableException("the body is not UTF-8", e, message);
        }
    }
}
