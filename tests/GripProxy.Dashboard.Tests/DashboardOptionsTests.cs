using GripProxy.Protocol.Configuration;

namespace GripProxy.Dashboard.Tests;

public sealed class DashboardOptionsTests
{
    [Theory]
    [InlineData("", null, "")]
    [InlineData("[dashboard]\nlisten=127.0.0.1:7997\n", "127.0.0.1:7997", "")]
    [InlineData("[dashboard]\nlisten=[::1]:7997\n", "[::1]:7997", "")]
    [InlineData("[dashboard]\nlisten=7997\n", null, "listen is '7997': expected address and port")]
    [InlineData("[dashboard]\nlisten=127.0.0.1\n", null, "expected address and port")]
    [InlineData("[dashboard]\nlisten=0.0.0.0:7997\n", "0.0.0.0:7997", "would be open to everybody")]
    [InlineData("[dashboard]\nlisten=0.0.0.0:7997\n[basic:me]\npassword=secret\n", "0.0.0.0:7997", "")]
    public void Settings_OfTheDashboard_AreReadAndChecked(string text, string? listen, string problem)
    {
        var settings = Settings.Parse(text);
        var options = DashboardOptions.Read(settings);
        Assert.Equal(listen, options?.Listen.ToString());
        if (problem.Length == 0)
            Assert.DoesNotContain(settings.Problems, found => found.Severity == ConfigSeverity.Error);
        else
            Assert.Contains(settings.Problems, found => found.Severity == ConfigSeverity.Error && found.Text.Contains(problem, StringComparison.Ordinal));
    }
}
