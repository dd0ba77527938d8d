namespace GripProxy.Fuzz.Tests;

/// <summary>An input that shows a fault.</summary>
/// <param name="Target">Whose.</param>
/// <param name="Input">The input.</param>
/// <param name="Fault">What is wrong.</param>
public sealed record Finding(FuzzTarget Target, byte[] Input, string Fault)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Target.Name}: {Fault}\nthe input, as a line of Corpus/{Target.Name}.txt:\n{CorpusFile.Escape(Input)}";
}
