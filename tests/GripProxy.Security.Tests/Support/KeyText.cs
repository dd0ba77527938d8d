namespace GripProxy.Security.Tests.Support;

/// <summary>Key texts that must be good.</summary>
internal static class KeyText
{
    public static GripKey Read(string text, string directory = "")
    {
        Assert.True(GripKey.TryRead(text, directory, out var key, out var error), error);
        return key!;
    }

    public static string Refused(string text, string directory = "")
    {
        Assert.False(GripKey.TryRead(text, directory, out var key, out var error));
        Assert.Null(key);
        Assert.NotEmpty(error);
        return error;
    }
}
