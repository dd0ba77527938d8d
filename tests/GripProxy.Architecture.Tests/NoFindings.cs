namespace GripProxy.Architecture.Tests;

/// <summary>An assertion that shows everything it found.</summary>
public static class NoFindings
{
    public static void In(IEnumerable<string> findings, string rule)
    {
        string[] all = [.. findings];
        Assert.True(all.Length == 0, $"{rule}:\n{string.Join('\n', all)}");
    }
}
