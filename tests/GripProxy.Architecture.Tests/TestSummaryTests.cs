using System.Diagnostics;
using System.Security;

namespace GripProxy.Architecture.Tests;

/// <summary>What tests/run says of results: who failed and why, and who only failed beside others.</summary>
public sealed class TestSummaryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-summary-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Summary_TestsFailed_NamesEachWithItsMessageAndPlace()
    {
        Write("A.Tests.trx", "Failed", ("N.T", "Good", "", "Passed", ""), ("N.T", "Bad", "", "Failed", "\n  expected 1\ngot 2\n@   at N.P.Deed() in /here/Product.cs:line 3\n   at N.T.Bad() in /here/BadTests.cs:line 7\n   at N.T.Else()"), ("N.T", "Off", "", "NotExecuted", ""));

        Assert.Equal("failed: N.T.Bad: expected 1 | got 2 (BadTests.cs:line 7)\nAll tests: 1 passed, 1 failed, 1 skipped\n", Summary(out int code));
        Assert.Equal(1, code);
        Assert.Equal("1 1 1\n", Summary(out _, "--counts"));
        Assert.Equal("failed: N.T.Bad: expected 1 | got 2 (BadTests.cs:line 7)\n", Summary(out _, "--closing"));
    }

    [Fact]
    public void Summary_PassedTheSecondTime_IsUnsteadyAndNoFailure()
    {
        Write("A.Tests.trx", "Failed", ("N.T+In", "Cases", "(n: 1)", "Failed", "late"), ("N.T+In", "Cases", "(n: 2)", "Failed", "later"), ("N.T", "Once", "", "Failed", "slow"));
        Assert.Equal("A.Tests\tN.T+In.Cases\nA.Tests\tN.T.Once\n", Summary(out _, "--again"));

        Write("again/A.Tests.1.trx", "Failed", ("N.T+In", "Cases", "(n: 1)", "Passed", ""), ("N.T+In", "Cases", "(n: 2)", "Failed", "later again"));
        Write("again/A.Tests.2.trx", "Completed", ("N.T", "Once", "", "Passed", ""));

        Assert.Equal(
            "unsteady: N.T+In.Cases(n: 1) (failed once beside others: late)\nunsteady: N.T.Once (failed once beside others: slow)\n2 unsteady\n" +
            "failed: N.T+In.Cases(n: 2): later\nAll tests: 2 passed, 1 failed, 0 skipped\n",
            Summary(out _));
        File.Delete(Path.Combine(_folder.FullName, "again", "A.Tests.1.trx"));
        Assert.Contains("All tests: 1 passed, 2 failed", Summary(out _), StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_OnlyUnsteadyTests_IsASuccess()
    {
        Write("A.Tests.trx", "Failed", ("N.T", "Once", "", "Failed", "slow"));
        Write("again/A.Tests.1.trx", "Completed", ("N.T", "Once", "", "Passed", ""));

        Summary(out int code);

        Assert.Equal(0, code);
    }

    [Fact]
    public void Summary_RunEndedEarly_FailsWhateverItsTestsDidLater()
    {
        Write("A.Tests.trx", "Failed", ("N.T", "Once", "", "Failed", "slow"), ("", "", "", "Error", "The active test run was aborted."));
        Write("again/A.Tests.1.trx", "Completed", ("N.T", "Once", "", "Passed", ""));
        File.WriteAllText(Path.Combine(_folder.FullName, "B.Tests.broken"), "no test ran\n");

        Assert.Equal(
            "unsteady: N.T.Once (failed once beside others: slow)\n1 unsteady\nfailed: A.Tests: The active test run was aborted.\nfailed: B.Tests: no test ran\n",
            Summary(out _, "--closing"));
    }

    [Fact]
    public void Again_ManyFailed_IsNoAccident()
    {
        Write("A.Tests.trx", "Failed", [.. Enumerable.Range(0, 13).Select(number => ("N.T", $"Bad{number}", "", "Failed", "broken"))]);

        Assert.Equal("", Summary(out _, "--again"));
    }

    /// <summary>A result file as `dotnet test` writes it; an entry without a class is an error of the run.</summary>
    private void Write(string name, string outcome, params (string Type, string Method, string Arguments, string Outcome, string Message)[] results)
    {
        var tests = results.Where(result => result.Type.Length > 0).Select((result, index) => (result, index)).ToList();
        IEnumerable<string> shown = tests.Select(test =>
            $"<UnitTestResult testId='{test.index}' testName='{test.result.Type}.{test.result.Method}{test.result.Arguments}' outcome='{test.result.Outcome}'>" +
            $"<Output><ErrorInfo>{Error(test.result.Message)}</ErrorInfo></Output></UnitTestResult>");
        IEnumerable<string> methods = tests.Select(test =>
            $"<UnitTest id='{test.index}'><TestMethod className='{test.result.Type}' name='{test.result.Method}'/></UnitTest>");
        IEnumerable<string> infos = results.Select(result =>
            $"<RunInfo outcome='Error'><Text>{(result.Type.Length > 0 ? "[xUnit.net 00:01] a test [FAIL]" : result.Message)}</Text></RunInfo>");
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // it is below the folder
        File.WriteAllText(
            path,
            $"<TestRun xmlns='http://microsoft.com/schemas/VisualStudio/TeamTest/2010'><Results>{string.Concat(shown)}</Results>" +
            $"<TestDefinitions>{string.Concat(methods)}</TestDefinitions>" +
            $"<ResultSummary outcome='{outcome}'><RunInfos>{string.Concat(infos)}</RunInfos></ResultSummary></TestRun>");
    }

    // Behind an @ comes the stack.
    private static string Error(string text) =>
        text.Split('@') is [var message, var stack]
            ? $"<Message>{SecurityElement.Escape(message)}</Message><StackTrace>{SecurityElement.Escape(stack)}</StackTrace>"
            : $"<Message>{SecurityElement.Escape(text)}</Message>";

    private string Summary(out int code, params string[] arguments)
    {
        ProcessStartInfo start = new("python3", [Path.Combine(Repository.Root, "tests", "summary.py"), _folder.FullName, .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process python = Process.Start(start)!; // no shell is used, so a process is always started
        string output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        code = python.ExitCode;
        return output;
    }
}
