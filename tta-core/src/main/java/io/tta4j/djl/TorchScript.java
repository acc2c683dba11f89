package io.tta4j.djl;

import io.tta4j.model.InputSpec;
import io.tta4j.model.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * What a TorchScript file says of itself beside its weights: the classes of its modules, the arguments of its forward
 * method, and the example that it was traced with.
 *
 * @param classes by qualified name, such as {@code __torch__.torch.nn.modules.normalization.GroupNorm}
 * @param root the qualified name of the outermost module's class
 * @param example what it was traced with, by argument; empty for a scripted module
 */
record TorchScript(Map<String, ModuleClass> classes, String root, List<TracedInputs.Example> example) {

    private static final int ZIP = 0x504b0304;
    private static final Pattern CODE = Pattern.compile("[^/]*/code/(__torch__.*)\\.py");
    private static final Pattern ROOT = Pattern.compile("^\u0080.c(__torch__[^\n]*)\n([^\n]+)\n", Pattern.DOTALL);

    /**
     * A module's class, as the file defines it.
     *
     * @param name the simple name, such as {@code GroupNorm}
     * @param source its definition in TorchScript's own Python
     */
    record ModuleClass(String name, String source) {

        private static final Pattern START = Pattern.compile("(?m)^class (\\w+)\\(Module\\):$");
        private static final Pattern CHILD =
                Pattern.compile("(?m)^  (?:(\\w+)|__annotations__\\[\"([^\"]+)\"\\]) (?::|=) (__torch__[\\w.]+)$");
        private static final Pattern FORWARD = Pattern.compile("(?s)  def forward\\((.*?)\\) -> ");
        private static final Pattern ARGUMENT = Pattern.compile("(\\w+): ([^=]+?)(=.*)?");

        static List<ModuleClass> in(String code) {
            List<ModuleClass> classes = new ArrayList<>();
            Matcher start = START.matcher(code);
            for (boolean more = start.find(); more; ) {
                String name = start.group(1);
                int from = start.end();
                more = start.find();
                classes.add(new ModuleClass(name, code.substring(from, more ? start.start() : code.length())));
            }
            return classes;
        }

        /** The qualified name of a child's class. */
        Optional<String> child(String attribute) {
            return CHILD.matcher(source)
                    .results()
                    .filter(found -> attribute.equals(found.group(1)) || attribute.equals(found.group(2)))
                    .map(found -> found.group(3))
                    .findFirst();
        }

        /** Whether a buffer, which is no parameter, is called so. */
        boolean hasBuffer(String buffer) {
            return source.lines()
                    .filter(line -> line.startsWith("  __buffers__"))
                    .anyMatch(line -> line.contains("\"" + buffer + "\""));
        }

        /** The arguments of the forward method that must be given, as {@code name: type}. */
        List<String> arguments() {
            Matcher forward = FORWARD.matcher(source);
            if (!forward.find()) {
                return List.of();
            }
            List<String> arguments = new ArrayList<>();
            for (String argument : forward.group(1).split(",(?![^\\[(]*[\\])])", -1)) {
                Matcher parts = ARGUMENT.matcher(argument.strip());
                if (parts.matches() && parts.group(3) == null && !parts.group(2).startsWith("__torch__")) {
                    arguments.add(parts.group(1) + ": " + parts.group(2));
                }
            }
            return arguments;
        }
    }

    /**
     * Reads a file.
     *
     * @throws UncheckedIOException if it cannot be read
     * @throws ModelException if it holds no TorchScript module, or one without parameters to adapt
     */
    static TorchScript read(Path file) {
        String name = String.valueOf(file.getFileName());
        try {
            requireZip(file, name);
            try (ZipFile zip = new ZipFile(file.toFile())) {
                return read(zip, name);
            }
        } catch (ZipException e) {
            throw new ModelException(
                    "'%s' must be a TorchScript file, but is damaged: %s; save the module again with torch.jit.save"
                            .formatted(name, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a file that begins so is an archive, as TorchScript files are. */
    static boolean isZip(byte[] head) {
        return head.length >= 4 && ByteBuffer.wrap(head).getInt() == ZIP;
    }

    private static void requireZip(Path file, String name) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            if (!isZip(stream.readNBytes(4))) {
                throw new ModelException(
                        name.endsWith(".onnx")
                                ? "'%s' must be a TorchScript file, but is called ONNX; load it with io.tta4j.onnx.OnnxModel"
                                        .formatted(name)
                                : "'%s' must be a TorchScript file, but is none; save the module with torch.jit.save(torch.jit.trace(model.eval(), example), file)"
                                        .formatted(name));
            }
        }
    }

    private static TorchScript read(ZipFile zip, String name) throws IOException {
        Map<String, ModuleClass> classes = new HashMap<>();
        String root = "";
        List<TracedInputs.Example> example = List.of();
        for (Iterator<? extends ZipEntry> entries = zip.entries().asIterator(); entries.hasNext(); ) {
            ZipEntry entry = entries.next();
            Matcher code = CODE.matcher(entry.getName());
            if (code.matches()) {
                String scope = code.group(1).replace('/', '.');
                ModuleClass.in(text(zip, entry)).forEach(found -> classes.put(scope + "." + found.name(), found));
            } else if (entry.getName().matches("[^/]*/data\\.pkl")) {
                Matcher first = ROOT.matcher(new String(bytes(zip, entry), StandardCharsets.ISO_8859_1));
                root = first.find() ? first.group(1) + "." + first.group(2) : "";
            } else if (entry.getName().matches("[^/]*/traced_inputs\\.pkl")) {
                example = TracedInputs.read(bytes(zip, entry));
            }
        }
        if (!classes.containsKey(root)) {
            throw new ModelException(
                    "'%s' must be a TorchScript file, but holds pickled Python objects; save the module with torch.jit.save(torch.jit.trace(model.eval(), example), file)"
                            .formatted(name));
        }
        if (classes.values().stream().anyMatch(found -> found.source().contains("ConstantMKLDNNTensor"))) {
            throw new ModelException(
                    "'%s' was optimised for inference: its weights are constants of one kind of processor; save the module as it is before torch.jit.optimize_for_inference"
                            .formatted(name));
        }
        return new TorchScript(Map.copyOf(classes), root, example);
    }

    private static String text(ZipFile zip, ZipEntry entry) throws IOException {
        return new String(bytes(zip, entry), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream stream = zip.getInputStream(entry)) {
            return stream.readAllBytes();
        }
    }

    /** The class of the module under a dotted path, as far as the file tells. */
    Optional<ModuleClass> module(String path) {
        Optional<ModuleClass> found = Optional.ofNullable(classes.get(root));
        for (String attribute : path.split("\\.", -1)) {
            found = found.flatMap(parent -> parent.child(attribute)).map(classes::get);
        }
        return found;
    }

    /** Whether the last argument is theta. */
    boolean takesTheta() {
        List<String> arguments = arguments();
        return arguments.size() > 1 && arguments.get(arguments.size() - 1).equals(NativeModule.THETA + ": Tensor");
    }

    /**
     * What the module is fed, theta apart.
     *
     * @param name the module's, for messages
     * @throws ModelException if neither the options nor the file tell
     */
    List<InputSpec> inputs(String name, DjlOptions options) {
        List<String> fed = takesTheta() ? arguments().subList(0, arguments().size() - 1) : arguments();
        if (!options.inputs().isEmpty()) {
            if (options.inputs().size() != fed.size()) {
                throw new ModelException("'%s' takes %s, but the options give %d inputs: %s"
                        .formatted(name, fed, options.inputs().size(), options.inputs()));
            }
            return options.inputs();
        }
        if (example.size() < fed.size()) {
            throw new ModelException(
                    "'%s' takes %s, but does not say of what shape, as it was not traced with an example; give its inputs in order: DjlOptions.custom().input(name, ElementType.FLOAT32, 3, 224, 224), or --shape name=3x224x224 on the command line"
                            .formatted(name, fed));
        }
        List<InputSpec> specs = new ArrayList<>();
        for (int i = 0; i < fed.size(); i++) {
            specs.add(spec(fed.get(i), example.get(i)));
        }
        return specs;
    }

    private static InputSpec spec(String argument, TracedInputs.Example traced) {
        String name = argument.substring(0, argument.indexOf(':'));
        if (!argument.endsWith(": Tensor") || traced.shape().isEmpty()) {
            throw new ModelException("argument '%s' must be a tensor with a batch axis, but is of shape %s"
                    .formatted(argument, traced.shape()));
        }
        List<Long> shape = new ArrayList<>(traced.shape());
        shape.set(0, InputSpec.ANY);
        return new InputSpec(name, traced.type(), shape);
    }

    /** The arguments of the forward method that must be given, as {@code name: type}. */
    List<String> arguments() {
        return Optional.ofNullable(classes.get(root))
                .map(ModuleClass::arguments)
                .orElse(List.of());
    }
}
