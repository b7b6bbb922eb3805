import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import jdk.incubator.foreign.CLinker;
import jdk.incubator.foreign.FunctionDescriptor;
import jdk.incubator.foreign.MemoryAccess;
import jdk.incubator.foreign.MemoryAddress;
import jdk.incubator.foreign.MemorySegment;
import jdk.incubator.foreign.ResourceScope;

/** The C library's own functions: no class of Java stands between. */
final class ForeignCalls {

    private ForeignCalls() {}

    private static MethodHandle find(String name, MethodType type, FunctionDescriptor function) {
        return CLinker.getInstance()
                .downcallHandle(CLinker.systemLookup().lookup(name).orElseThrow(), type, function);
    }

    static String make(String what, String argument) throws Exception {
        try (ResourceScope scope = ResourceScope.newConfinedScope()) {
            return switch (what) {
                case "open" -> open(argument, scope);
                case "exec" -> exec(argument, scope);
                default -> kill(Integer.parseInt(argument));
            };
        } catch (Throwable error) {
            throw new Exception(error);
        }
    }

    private static String open(String path, ResourceScope scope) throws Throwable {
        MethodHandle open = find("open", MethodType.methodType(int.class, MemoryAddress.class, int.class),
                FunctionDescriptor.of(CLinker.C_INT, CLinker.C_POINTER, CLinker.C_INT));
        int file = (int) open.invokeExact(CLinker.toCString(path, scope).address(), 0);
        MethodHandle read = find("read", MethodType.methodType(long.class, int.class, MemoryAddress.class, long.class),
                FunctionDescriptor.of(CLinker.C_LONG, CLinker.C_INT, CLinker.C_POINTER, CLinker.C_LONG));
        MemorySegment data = MemorySegment.allocateNative(100, scope);
        long length = (long) read.invokeExact(file, data.address(), 100L);
        return file + " " + new String(data.toByteArray(), 0, (int) Math.max(0, length), StandardCharsets.US_ASCII);
    }

    /** By popen: a shell, and below it the program. */
    private static String exec(String path, ResourceScope scope) throws Throwable {
        MethodHandle popen = find("popen", MethodType.methodType(MemoryAddress.class, MemoryAddress.class, MemoryAddress.class),
                FunctionDescriptor.of(CLinker.C_POINTER, CLinker.C_POINTER, CLinker.C_POINTER));
        MemoryAddress stream = (MemoryAddress) popen.invokeExact(
                CLinker.toCString(path, scope).address(), CLinker.toCString("r", scope).address());
        MethodHandle fgets = find("fgets", MethodType.methodType(MemoryAddress.class, MemoryAddress.class, int.class, MemoryAddress.class),
                FunctionDescriptor.of(CLinker.C_POINTER, CLinker.C_POINTER, CLinker.C_INT, CLinker.C_POINTER));
        MemorySegment data = MemorySegment.allocateNative(100, scope);
        MemoryAccess.setByteAtOffset(data, 0, (byte) 0);
        MemoryAddress got = (MemoryAddress) fgets.invokeExact(data.address(), 100, stream);
        return got.equals(MemoryAddress.NULL) ? "nothing" : CLinker.toJavaString(data);
    }

    private static String kill(int pid) throws Throwable {
        MethodHandle kill = find("kill", MethodType.methodType(int.class, int.class, int.class),
                FunctionDescriptor.of(CLinker.C_INT, CLinker.C_INT, CLinker.C_INT));
        return "kill " + (int) kill.invokeExact(pid, 9);
    }
}
