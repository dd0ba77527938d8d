namespace GripProxy.Fuzz.Tests;

/// <summary>A reader that is fuzzed. Stateless.</summary>
public abstract class FuzzTarget
{
    /// <summary>Every target.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new Targets.InstructHeaderTarget(), new Targets.InstructJsonTarget(), new Targets.PublishTarget(), new Targets.ItemFormTarget(),
        new Targets.TnetTarget(), new Targets.ZmtpTarget(), new Targets.WebSocketEventTarget(), new Targets.ControlMessageTarget(),
        new Targets.RouteFileTarget(), new Targets.ConfigTarget(), new Targets.TokenTarget(), new Targets.ServerSentEventTarget(),
    ];

    /// <summary>What it is called on the command line, and its file in the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>Words of its language, put into inputs.</summary>
    public abstract IReadOnlyList<string> Words { get; }

    /// <summary>An input that follows the grammar, mostly.</summary>
    public abstract byte[] Generate(Chance chance);

    /// <summary>
    /// Reads the input and checks what has to be so whatever it is. What it gives tells kinds of outcomes apart: an input with a new one is worth
    /// mutating further.
    /// </summary>
    /// <exception cref="Exception">Something is wrong: the reader threw, or what it read is not as it has to be.</exception>
    public abstract string Run(byte[] input);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Fails unless it is so.</summary>
    protected static void Must(bool isSo, string what)
    {
        if (!isSo)
            throw new PropertyException(what);
    }
}
