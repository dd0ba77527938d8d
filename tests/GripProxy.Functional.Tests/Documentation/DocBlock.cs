namespace GripProxy.Functional.Tests.Documentation;

/// <summary>A fenced block of a page with what the comment above it says is done with it. Immutable.</summary>
/// <param name="Line">Line of the page on which the block begins, counted from 1.</param>
/// <param name="Language">The word behind the fence, or empty.</param>
/// <param name="Task">The word of the comment above (<c>run</c>, <c>file</c>, <c>shown</c>, <c>not run</c>), or empty.</param>
/// <param name="Detail">What stands behind the word's colon, or empty.</param>
/// <param name="Lines">The lines of the block.</param>
internal sealed record DocBlock(int Line, string Language, string Task, string Detail, IReadOnlyList<string> Lines)
{
    private const string Prompt = "$ ";

    /// <summary>True where commands are told from their output by a prompt.</summary>
    public bool ShowsOutput => Lines.Any(line => line.StartsWith(Prompt, StringComparison.Ordinal));

    /// <summary>What a reader would type.</summary>
    public string Commands => string.Join('\n', ShowsOutput ? Typed(typed: true).Select(WithoutPrompt) : Lines);

    /// <summary>What the page says is answered; <c>…</c> stands for any text, and alone on a line for any lines.</summary>
    public IReadOnlyList<string> Answer => ShowsOutput ? [.. Typed(typed: false)] : [];

    private IEnumerable<string> Typed(bool typed)
    {
        bool goesOn = false;
        foreach (string line in Lines)
        {
            bool isTyped = goesOn || line.StartsWith(Prompt, StringComparison.Ordinal);
            goesOn = isTyped && line.EndsWith('\\');
            if (isTyped == typed)
            {
                yield return line;
            }
        }
    }

    private static string WithoutPrompt(string line) => line.StartsWith(Prompt, StringComparison.Ordinal) ? line[Prompt.Length..] : line;
}
