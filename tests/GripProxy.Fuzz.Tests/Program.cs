using System.Diagnostics;
using System.Globalization;

namespace GripProxy.Fuzz.Tests;

/// <summary>What tests/fuzz/run starts. Exit code: 0 nothing was found, 1 something was, 2 wrong arguments.</summary>
public static class Program
{
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(2);

    private static int Main(string[] arguments)
    {
        if (!TryRead(arguments, out Dictionary<string, string> values))
        {
            Console.Error.WriteLine("usage: tests/fuzz/run [--seconds N] [--target NAME] [--seed N] [--grow FOLDER]\ntargets: " + string.Join(", ", FuzzTarget.All));
            return 2;
        }

        FuzzTarget[] targets = [.. FuzzTarget.All.Where(target => values.GetValueOrDefault("--target", target.Name) == target.Name)];
        TimeSpan time = TimeSpan.FromSeconds(Number(values, "--seconds", 60));
        int seed = Number(values, "--seed", Environment.TickCount & 0xFFFFFF);
        string corpus = values.GetValueOrDefault("--grow", CorpusFile.Folder);
        Fuzzer[] fuzzers = [.. targets.Select(target => new Fuzzer(target, CorpusFile.Read(corpus, target), seed))];
        Console.WriteLine($"seed {seed}, {time.TotalSeconds:0} s, {targets.Length} targets");
        Finding? finding = Run(fuzzers, time);
        foreach (Fuzzer fuzzer in fuzzers.Where(_ => values.ContainsKey("--grow")))
            File.AppendAllLines(Path.Combine(corpus, targets[Array.IndexOf(fuzzers, fuzzer)].Name + ".txt"), fuzzer.New.Where(static input => input.Length < 300).Select(static input => CorpusFile.Escape(input)));
        Console.WriteLine(finding?.ToString() ?? $"nothing found in {fuzzers.Sum(static fuzzer => fuzzer.Runs)} inputs");
        return finding is null ? 0 : 1;
    }

    // Turns are short, so that progress is seen and a single long run gives each target as much as several short ones.
    private static Finding? Run(Fuzzer[] fuzzers, TimeSpan time)
    {
        using Timer watch = new(_ => Watch(fuzzers), state: null, s_turn, s_turn);
        TimeSpan turn = TimeSpan.FromTicks(Math.Min(s_turn.Ticks, time.Ticks / fuzzers.Length));
        long begin = Stopwatch.GetTimestamp();
        Finding? finding = fuzzers.Select(static fuzzer => fuzzer.Replay()).FirstOrDefault(static found => found is not null);
        while (finding is null && Stopwatch.GetElapsedTime(begin) < time)
        {
            foreach (Fuzzer fuzzer in fuzzers.TakeWhile(_ => finding is null))
                finding = fuzzer.Run(turn);
            Console.WriteLine($"{Stopwatch.GetElapsedTime(begin).TotalSeconds,6:0} s {fuzzers.Sum(static fuzzer => fuzzer.Runs),10} inputs, {fuzzers.Sum(static fuzzer => fuzzer.Outcomes)} outcomes");
        }

        return finding;
    }

    // A reader that never returns cannot be stopped, so the process tells of it and ends.
    private static void Watch(Fuzzer[] fuzzers)
    {
        Fuzzer latest = fuzzers.MaxBy(static fuzzer => fuzzer.Began)!; // There is one.
        if (latest.Began == 0 || Stopwatch.GetElapsedTime(latest.Began) < Fuzzer.MostTime)
            return;
        Console.WriteLine($"an input does not come to its end:\n{CorpusFile.Escape(latest.Current)}");
        Environment.Exit(1);
    }

    private static bool TryRead(string[] arguments, out Dictionary<string, string> values)
    {
        string[] names = ["--seconds", "--target", "--seed", "--grow"];
        values = arguments.Chunk(2).Where(static pair => pair.Length == 2).DistinctBy(static pair => pair[0]).ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);
        return arguments.Length == 2 * values.Count && values.Keys.All(names.Contains)
            && (!values.TryGetValue("--target", out string? name) || FuzzTarget.All.Any(target => target.Name == name));
    }

    private static int Number(Dictionary<string, string> values, string name, int usual) =>
        values.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}
