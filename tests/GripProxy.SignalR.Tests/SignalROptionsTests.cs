using GripProxy.Protocol.Configuration;

namespace GripProxy.SignalR.Tests;

public sealed class SignalROptionsTests
{
    [Theory]
    [InlineData("", null, "")]
    [InlineData("[signalr]\npath=/hub/\n", "/hub", "")]
    [InlineData("[signalr]\npath=hub\n", "hub", "path is 'hub': expected a path")]
    [InlineData("[signalr]\npath=/hub\nauthorize=nobody\n", "/hub", "authorize is 'nobody': expected origin or token")]
    [InlineData("[signalr]\npath=/hub\nauthorize=token\n", "/hub", "authorize=token needs to know who issues tokens")]
    [InlineData("[signalr]\npath=/hub\nauthorize=token\n[issuer:me]\nkey=secret\n", "/hub", "")]
    public void SIG03_Settings_AreReadAndChecked(string text, string? path, string problem)
    {
        var settings = Settings.Parse(text);
        var options = SignalROptions.Read(settings);
        Assert.Equal(path, options?.Path);
        if (problem.Length == 0)
            Assert.DoesNotContain(settings.Problems, found => found.Severity == ConfigSeverity.Error);
        else
            Assert.Contains(settings.Problems, found => found.Severity == ConfigSeverity.Error && found.Text.Contains(problem, StringComparison.Ordinal));
    }
}
