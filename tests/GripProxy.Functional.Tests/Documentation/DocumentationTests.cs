using System.Text.RegularExpressions;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Documentation;

/// <summary>What a stranger is told to type works, in the order of the page, and answers what the page says.</summary>
public sealed class DocumentationTests
{
    private static readonly string[] s_shells = ["sh", "bash", "console"];

    [Theory]
    [InlineData("getting-started.md")]
    [InlineData("migrating-from-pushpin.md")]
    public async Task Page_FollowedByAStranger_AnswersWhatItSays(string name)
    {
        DocPage page = DocPage.Read(Path.Combine(BuiltProgram.RepositoryRoot, "docs", name));
        await using DocShell shell = await DocShell.OpenAsync();

        foreach (DocBlock block in page.Blocks)
        {
            string place = $"docs/{name}:{block.Line}";
            switch (block.Task)
            {
                case "run" when block.Detail.Length > 0:
                    await shell.StartAsync(block.Commands, block.Detail["until ".Length..]);
                    break;
                case "run":
                    AssertAnswer(block, await shell.TypeAsync(block.Commands, mayFail: block.ShowsOutput), place);
                    break;
                case "file":
                    shell.Write(block.Detail, block.Lines);
                    break;
                case "stop":
                    await shell.StopAsync(block.Detail);
                    break;
                case "shown":
                    foreach (string line in block.Lines)
                    {
                        await shell.ShowsAsync(line);
                    }

                    break;
                default:
                    Assert.False(
                        s_shells.Contains(block.Language, StringComparer.Ordinal) && block.Detail.Length == 0, $"{place}: nobody runs this; say why above it");
                    break;
            }
        }

        Assert.Contains(page.Blocks, block => block.Task == "run");
    }

    private static void AssertAnswer(DocBlock block, string printed, string place)
    {
        if (!block.ShowsOutput)
        {
            return;
        }

        IEnumerable<string> lines = block.Answer.Select(line => line == "…" ? "(.*\n)*?" : Regex.Escape(line).Replace("…", ".*", StringComparison.Ordinal) + "\n");
        Regex expected = new($@"\A{string.Concat(lines)}\z", RegexOptions.None, TimeSpan.FromSeconds(5));
        string text = printed.Length > 0 ? printed + "\n" : "";
        Assert.True(expected.IsMatch(text), $"{place} says\n{string.Join('\n', block.Answer)}\nbut what came is\n{printed}");
    }
}
