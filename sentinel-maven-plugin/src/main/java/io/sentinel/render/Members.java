package io.sentinel.render;

import freemarker.template.DefaultObjectWrapper;
import freemarker.template.TemplateHashModel;
import freemarker.template.TemplateModel;
import freemarker.template.TemplateModelException;
import freemarker.template.Version;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/**
 * What a template sees of an object that is no text, number, truth value, list or map: {@code x.y} is what the public
 * method {@code y()} of {@code x} returns, be it a record's component or not. FreeMarker's own view of an object is made
 * of all that its class has, which takes longer than to render a bundle.
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
        String named = object.getClass().getName() + "." + key + "()";
        try {
            Method method = object.getClass().getMethod(key);
            if (method.getDeclaringClass() == Object.class || Modifier.isStatic(method.getModifiers())) {
                throw new TemplateModelException(named + " is nothing that a template may ask for");
            }
            return wrapper.wrap(method.invoke(object));
        } catch (NoSuchMethodException e) {
            throw new TemplateModelException("there is no public method " + named, e);
        } catch (IllegalAccessException e) {
            throw new TemplateModelException(named + " is of a class that is not public", e);
        } catch (InvocationTargetException e) {
            throw new TemplateModelException(named + " failed: " + e.getCause(), e);
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
