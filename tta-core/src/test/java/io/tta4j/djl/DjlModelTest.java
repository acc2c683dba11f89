package io.tta4j.djl;

import static io.tta4j.djl.Modules.load;
import static io.tta4j.djl.Modules.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.SequentialBlock;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.util.cuda.CudaUtils;
import io.tta4j.engine.RandomSamples;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.NormKind;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import io.tta4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DjlModelTest {

    /** The third norm layer of the network is never called. */
    @ParameterizedTest
    @ValueSource(strings = {"small.pt", "theta.pt"})
    void describesItself(String file) {
        try (DjlModel model = load(file)) {
            assertThat(model.inputs()).singleElement().hasToString("FLOAT32[N, 2, 6, 6]");
            assertThat(model.inputs().get(0).name()).isEqualTo("x");
            assertThat(model.classes()).isEqualTo(3);
            assertThat(model.samplesIndependent()).isTrue();
            assertThat(model.layout().layers())
                    .extracting(NormLayer::name, NormLayer::kind, NormLayer::width)
                    .containsExactly(tuple("first", NormKind.GROUP), tuple("second", NormKind.LAYER));
        }
    }

    @Test
    void aFingerprintIsOfTheFile() throws IOException {
        byte[] bytes = Files.readAllBytes(small("small.pt"));
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        try (DjlModel model = load("small.pt");
                DjlModel other = load("theta.pt")) {
            assertThat(model.fingerprint())
                    .isEqualTo("%d-%08x-%s"
                            .formatted(
                                    bytes.length,
                                    checksum.getValue(),
                                    model.layout().fingerprint(model.source())))
                    .isNotEqualTo(other.fingerprint());
        }
    }

    private static Tuple tuple(String name, NormKind kind) {
        return Tuple.tuple(name, kind, 4);
    }

    /** Numbers that PyTorch wrote beside the module. */
    @ParameterizedTest
    @ValueSource(strings = {"small.pt", "theta.pt"})
    void answersAndPullsBackAsPyTorchDoes(String file) throws IOException {
        List<Float> reference = Files.readAllLines(small("small.txt")).stream()
                .map(Float::valueOf)
                .toList();
        Batch batch = Batch.of("x", Tensor.of(part(reference, 0, 288), 4, 2, 6, 6));
        Matrix seed = Matrix.of(4, 3, part(reference, 288, 12));
        try (DjlModel model = load(file);
                Pass pass = model.forward(batch, model.source())) {
            assertThat(pass.logits().toArray()).containsExactly(part(reference, 300, 12), within(1e-5f));
            assertThat(pass.pullback(seed).toArray()).containsExactly(part(reference, 312, 16), within(1e-5f));
        }
    }

    private static float[] part(List<Float> values, int from, int count) {
        float[] part = new float[count];
        IntStream.range(0, count).forEach(i -> part[i] = values.get(from + i));
        return part;
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet20-gn", "resnet20-gn-6", "resnet20-bn", "vit-ln"})
    void laysThetaOutAsTheOnnxEngineDoes(String network) {
        try (DjlModel model = DjlModel.load(Modules.shared("models/" + network + ".pt"));
                OnnxModel onnx = OnnxModel.load(Modules.shared("models/" + network + ".onnx"))) {
            assertThat(model.layout()).isEqualTo(onnx.layout());
            assertThat(model.source()).isEqualTo(onnx.source());
            assertThat(model.classes()).isEqualTo(onnx.classes());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "frozen.pt | 'frozen.pt' cannot be adapted: it has no parameters | before that",
                "optimised.pt | 'optimised.pt' was optimised for inference | before torch.jit.optimize_for_inference",
                "no-norm.pt | none of its logits depends on a norm layer | export it as ONNX",
                "state.pt | holds pickled Python objects | torch.jit.save(torch.jit.trace",
                "small.txt | must be a TorchScript file, but is none | torch.jit.save(torch.jit.trace",
                "softmax.pt | puts out probabilities | without its softmax, or export it as ONNX",
                "rank.pt | its first output is of shape (5, 3, 1) | adapt classifiers only",
                "training.pt | it was traced in training mode | call eval()",
                "scripted.pt | 'scripted.pt' takes [x: Tensor], but does not say of what shape | DjlOptions.custom().input(",
            })
    void saysWhyAFileIsRefused(String file, String reason, String remedy) {
        assertThatThrownBy(() -> load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining(remedy);
    }

    @Test
    void saysThatAnOnnxFileIsForTheOtherEngine(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("x.onnx"), new byte[] {8, 7, 18, 7, 112, 121});
        assertThatThrownBy(() -> DjlModel.load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("io.tta4j.onnx.OnnxModel");
    }

    @Test
    void takesAScriptedModuleWhoseInputsAreGiven() {
        DjlOptions options =
                DjlOptions.custom().input("image", ElementType.FLOAT32, 2, 6, 6).build();
        try (DjlModel scripted = DjlModel.load(small("scripted.pt"), options);
                DjlModel traced = load("small.pt")) {
            assertThat(scripted.inputs().get(0).name()).isEqualTo("image");
            assertThat(scripted.layout()).isEqualTo(traced.layout());
            assertThat(scripted.source()).isEqualTo(traced.source());
        }
    }

    @Test
    void leavesBatchNormOnTheStatisticsOfTraining() {
        try (DjlModel model = load("batch-norm.pt")) {
            assertThat(model.layout().layers()).extracting(NormLayer::kind).containsExactly(NormKind.BATCH);
            assertThat(model.samplesIndependent()).isTrue();
            assertThat(model.withStatistics(Statistics.SOURCE)).isSameAs(model);
            assertThat(model.withStatistics(Statistics.AUTO)).isSameAs(model);
            assertThat(model.batchNorms()).isEmpty();
            for (Statistics other : List.of(Statistics.BATCH, Statistics.MOVING)) {
                assertThatThrownBy(() -> model.withStatistics(other))
                        .isInstanceOf(ModelException.class)
                        .hasMessageContaining(
                                "'batch-norm.pt': batch norm cannot take statistics '%s' on the DJL engine", other)
                        .hasMessageContaining("leave statistics at source, or export the network as ONNX");
            }
        }
    }

    @Test
    void refusesAnInputOfTheWrongShapeByName() {
        try (DjlModel model = load("small.pt")) {
            Batch wrong = Batch.of("x", Tensor.of(new float[2 * 7 * 7], 1, 2, 7, 7));
            assertThatThrownBy(() -> model.serve(wrong, model.source()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("input 'x' must be FLOAT32[N, 2, 6, 6], but was FLOAT32[1, 2, 7, 7]");
        }
    }

    @Test
    void saysThatThereIsNoGpu() {
        Assumptions.assumeFalse(CudaUtils.hasCuda(), "skipped: there is a GPU");
        DjlOptions options = DjlOptions.custom().device(Device.gpu(0)).build();
        assertThatThrownBy(() -> DjlModel.load(small("small.pt"), options))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("device gpu(0) must be there, but DJL finds 0 CUDA devices");
    }

    /** The model stays DJL's own: it answers as before, and the copy when it is closed. */
    @Test
    void copiesAModelThatDjlHasLoaded() throws Exception {
        Criteria<NDList, NDList> criteria = Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(small("small.pt"))
                .optEngine("PyTorch")
                .build();
        AdaptableModel model;
        Batch batch;
        Matrix there;
        try (ZooModel<NDList, NDList> zoo = criteria.loadModel()) {
            model = DjlModel.of(zoo, DjlOptions.ofDefaults());
            batch = RandomSamples.of(model.inputs(), 2);
            model.forward(batch, model.source().times(2)).close();
            try (var predictor = zoo.newPredictor();
                    NDManager manager = zoo.getNDManager().newSubManager()) {
                NDList answer = predictor.predict(Feed.of(manager, model.inputs(), batch));
                answer.attach(manager);
                there = Matrix.of(2, 3, answer.get(0).toFloatArray());
            }
        }
        try (model;
                DjlModel direct = load("small.pt")) {
            assertThat(model.layout()).isEqualTo(direct.layout());
            assertThat(model.inputs()).isEqualTo(direct.inputs());
            assertThat(served(model, batch)).isEqualTo(there).isEqualTo(served(direct, batch));
        }
    }

    private static Matrix served(AdaptableModel model, Batch batch) {
        try (Pass pass = model.serve(batch, model.source())) {
            return pass.logits();
        }
    }

    @Test
    void refusesAModelOfAnotherBlock() {
        try (Model model = Model.newInstance("linear", "PyTorch")) {
            model.setBlock(new SequentialBlock());
            assertThatThrownBy(() -> DjlModel.of(model, DjlOptions.ofDefaults()))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("model 'linear' must be a TorchScript module on DJL's PyTorch engine")
                    .hasMessageContaining("io.tta4j.onnx.OnnxModel");
        }
    }

    /** A row whose logits are not finite has a seed of zero, as its entropy is no number. */
    @Test
    void keepsARowThatIsNotFiniteOutOfTheGradient() {
        try (DjlModel model = load("small.pt")) {
            float[] values = new float[4 * 72];
            RandomSamples.of(model.inputs(), 4)
                    .inputs()
                    .values()
                    .forEach(tensor -> tensor.floats().get(values));
            values[2 * 72 + 5] = Float.NaN;
            Batch batch = Batch.of("x", Tensor.of(values, 4, 2, 6, 6));
            Matrix seed = Matrix.of(4, 3, new float[] {1, 0, -1, 0.5f, 1, 0, 0, 0, 0, -1, 0, 2});
            try (Pass pass = model.forward(batch, model.source());
                    Pass alone = model.forward(batch.select(0, 1, 3), model.source())) {
                assertThat(pass.logits().isFinite()).isFalse();
                assertThat(pass.pullback(seed).toArray())
                        .containsExactly(alone.pullback(seed.select(0, 1, 3)).toArray(), within(1e-5f));
            }
        }
    }

    @Test
    void leavesNoArrayBehind() {
        try (NDManager any = NDManager.newBaseManager("PyTorch")) {
            NDManager system = any.getParentManager();
            int before = system.getManagedArrays().size();
            try (DjlModel model = load("small.pt")) {
                int loaded = system.getManagedArrays().size();
                use(model);
                int once = system.getManagedArrays().size();
                use(model);
                use(model);
                assertThat(system.getManagedArrays()).hasSize(once);
                // The second module's parameters, and nothing else.
                assertThat(once - loaded).isEqualTo(parameters());
            }
            assertThat(system.getManagedArrays()).hasSize(before);
        }
    }

    /** conv, first, unused, rectifier, second, head: all with a bias but the rectifier. */
    private static int parameters() {
        return 11;
    }

    private static void use(DjlModel model) {
        Batch batch = RandomSamples.of(model.inputs(), 4);
        List<Pass> open = new ArrayList<>();
        for (float factor : new float[] {1, 0.9f, 1.1f}) {
            Vector theta = model.source().times(factor);
            Pass pass = model.forward(batch, theta);
            Matrix seed = Matrix.of(4, 3, new float[] {1, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
            pass.pullback(seed);
            pass.pullback(pass.logits());
            pass.samplePullback(pass.logits());
            open.add(pass);
            open.add(pass.repeat(theta, 0, 2));
        }
        open.forEach(Pass::close);
    }
}
