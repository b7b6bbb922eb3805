package io.sentinel.render;

import freemarker.template.TemplateBooleanModel;
import freemarker.template.TemplateMethodModelEx;
import freemarker.template.TemplateModelException;
import freemarker.template.TemplateNumberModel;
import freemarker.template.TemplateScalarModel;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;

/** {@code plain(value)} in a template: prints the value as it is, and only where it cannot mean anything else. */
final class PlainFunction implements TemplateMethodModelEx {

    /** Characters that are nothing but themselves, inside a word, in each format that is rendered. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._/:@+,=-]*");

    private final QuotingFormat format;

    PlainFunction(QuotingFormat format) {
        this.format = format;
    }

    @Override
    public Object exec(@SuppressWarnings("rawtypes") List arguments) throws TemplateModelException {
        String text = text(arguments.get(0));
        if (!HARMLESS.matcher(text).matches()) {
            throw new TemplateModelException("plain() of a value that needs quoting: " + text);
        }
        return format.fromMarkup(text);
    }

    private static String text(Object value) throws TemplateModelException {
        if (value instanceof TemplateNumberModel number) {
            return new BigDecimal(number.getAsNumber().toString()).toPlainString();
        }
        if (value instanceof TemplateBooleanModel flag) {
            return String.valueOf(flag.getAsBoolean());
        }
        if (value instanceof TemplateScalarModel scalar) {
            return scalar.getAsString();
        }
        throw new TemplateModelException("plain() takes a string, a number or a truth value");
    }
}
