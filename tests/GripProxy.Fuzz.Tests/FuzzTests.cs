namespace GripProxy.Fuzz.Tests;

/// <summary>The corpus, and a short run of each target from where the last one was not; tests/fuzz/run goes on for as long as one likes.</summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(1.5);

    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(static target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Run_CorpusAndNewInputs_FindsNothing(string name)
    {
        FuzzTarget target = FuzzTarget.All.Single(target => target.Name == name);
        int seed = Environment.TickCount & 0xFFFFFF;
        IReadOnlyList<byte[]> corpus = CorpusFile.Read(CorpusFile.Folder, target);
        Fuzzer fuzzer = new(target, corpus, seed);

        Finding? finding = fuzzer.Replay() ?? fuzzer.Run(s_time);

        Assert.True(finding is null, $"seed {seed}, {finding}");
        Assert.True(fuzzer.Runs > corpus.Count && fuzzer.Outcomes > 2, $"{fuzzer.Runs} inputs had {fuzzer.Outcomes} outcomes");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Generate_SameSeed_GivesSameInputs(string name)
    {
        FuzzTarget target = FuzzTarget.All.Single(target => target.Name == name);
        Chance one = new(7);
        Chance other = new(7);

        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(target.Generate(one), target.Generate(other)));
    }

    [Fact]
    public void Escape_AnyBytes_ComeBack()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(static b => (byte)b)];

        Assert.Equal(all, CorpusFile.Unescape(CorpusFile.Escape(all)));
        Assert.Equal("#a"u8.ToArray(), CorpusFile.Unescape(CorpusFile.Escape("#a"u8)));
        Assert.Equal("\\e", CorpusFile.Escape([]));
        Assert.Empty(CorpusFile.Unescape("\\e"));
    }

    [Fact]
    public void Run_ReaderWithFaults_FindsThem()
    {
        Fuzzer fuzzer = new(new FaultyTarget(), [], seed: 3);

        Finding? finding = fuzzer.Run(TimeSpan.FromMinutes(5));

        Assert.Contains("PropertyException", finding?.Fault, StringComparison.Ordinal);
        Assert.Contains((byte)'!', finding!.Input);
    }

    private sealed class FaultyTarget : FuzzTarget
    {
        public override string Name => "faulty";

        public override IReadOnlyList<string> Words => ["!", "?"];

        public override byte[] Generate(Chance chance) => chance.Bytes(3);

        public override string Run(byte[] input)
        {
            Must(!(input.Length > 5 && input.AsSpan().IndexOf("!?"u8) > 0), "it holds what it must not");
            return input.Length.ToString();
        }
    }
}
