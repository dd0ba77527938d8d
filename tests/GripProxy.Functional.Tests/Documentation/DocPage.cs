using System.Text.RegularExpressions;

namespace GripProxy.Functional.Tests.Documentation;

/// <summary>
/// A page of <c>docs</c> as a list of blocks. A comment above a block, which a reader does not see, says what a test does with it:
/// <c>run</c>: it is typed, and must answer what the page says; <c>run: until TEXT</c>: it is started and keeps running, and the page goes on when
/// it has printed the text (<c>until WORD says TEXT</c>: when the one that runs and has the word in its command has); <c>file: NAME</c>: it is written to that file; <c>shown</c>: its lines come from a program that runs;
/// <c>not run: REASON</c>. A comment <c>stop: WORD</c> without a block ends the program whose command has that word. Immutable.
/// </summary>
internal sealed partial record DocPage(string Name, IReadOnlyList<DocBlock> Blocks)
{
    public static DocPage Read(string file)
    {
        string[] lines = File.ReadAllLines(file);
        List<DocBlock> blocks = [];
        Match task = Match.Empty;
        for (int at = 0; at < lines.Length; at++)
        {
            if (Comment().Match(lines[at]) is { Success: true } comment)
            {
                if (comment.Groups["task"].Value == "stop")
                {
                    blocks.Add(new DocBlock(at + 1, "", "stop", comment.Groups["detail"].Value, []));
                }
                else
                {
                    task = comment;
                }
            }
            else if (Fence().Match(lines[at]) is { Success: true } fence)
            {
                int end = Array.FindIndex(lines, at + 1, line => line == "```");
                Assert.True(end > 0, $"{file}:{at + 1}: the block does not end");
                blocks.Add(new DocBlock(at + 1, fence.Groups["language"].Value, task.Groups["task"].Value, task.Groups["detail"].Value, lines[(at + 1)..end]));
                task = Match.Empty;
                at = end;
            }
            else if (lines[at].Length > 0)
            {
                Assert.False(task.Success, $"{file}:{at}: a comment for a block, but no block below it");
            }
        }

        return new DocPage(Path.GetFileName(file), blocks);
    }

    [GeneratedRegex(@"^<!-- (?<task>run|file|shown|not run|stop)(?:: (?<detail>.+))? -->$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^```(?<language>\w*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Fence();
}
