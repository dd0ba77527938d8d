using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Supervision;

/// <summary>Takes the values of an install's secrets out of texts that people see (plugins.md §11.1). Stateless.</summary>
internal static class SecretMask
{
    // A secret of a few characters is in every text.
    private const int ShortestSecret = 6;

    /// <summary>The text with <c>***</c> where a secret stood; of nobody known it stays as it is.</summary>
    public static string Hide(Install? install, string text)
    {
        if (install is null)
            return text;
        foreach (var field in install.Package.Manifest.Config.Where(field => field.Secret))
        {
            if (install.Config[field.Key] is { } value && value.ToString() is { Length: >= ShortestSecret } secret)
                text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }
}
