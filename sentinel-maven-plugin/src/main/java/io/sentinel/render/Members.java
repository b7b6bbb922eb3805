package io.sentinel.render;

import freemarker.template.DefaultObjectWrapper;
import freemarker.template.TemplateHashModel;
import freemarker.template.TemplateModel;
import freemarker.template.TemplateModelException;
import freemarker.template.Version;
import java.lang.reflect.InvocationTargetException;

/**
 * What a template sees of an object that is no text, number, truth value, list or map: {@code x.y} is what the public
 * method {@code y()} of {@code x} returns, be it a record's component or not. FreeMarker's own view of an object is made
 * of all that its class has, which takes a generation of a bundle longer than to render it.
 */
final class Members implements TemplateHashModel {

    private final Object object;
    private final Wrapper wrapper;

    private Members(Object object, Wrapper wrapper) {
        this.object = object;
        this.wrapper = wrapper;
    }

    /** @throws TemplateModelException also where there is no such method, so that a slip is never taken for an empty value */
    @Override
    public TemplateModel get(String key) throws TemplateModelException {
        try {
            return wrapper.wrap(object.getClass().getMethod(key).invoke(object));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new TemplateModelException(object.getClass().getName() + " has no public method " + key + "()", e);
        } catch (InvocationTargetException e) {
            throw new TemplateModelException(object.getClass().getName() + "." + key + "() failed", e);
        }
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    /** Shows templates each value of a model. */
    static final class Wrapper extends DefaultObjectWrapper {

        Wrapper(Version version) {
            super(version);
        }

        @Override
        protected TemplateModel handleUnknownType(Object object) {
            return new Members(object, this);
        }
    }
}
