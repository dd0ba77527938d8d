using System.Security.Cryptography;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.Admin;

/// <summary>Fetches archives from elsewhere, under the egress rules (plugins-http.md §4.2). Stateless.</summary>
internal static class ArchiveFetch
{
    /// <summary>The bytes at an address; where there are none, the request ends with 422.</summary>
    public static async Task<byte[]> GetAsync(EgressClient egress, string url, TimeSpan patience)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps)
            throw new AdminRefusalException(AdminProblem.Invalid($"'url' is '{url}', expected an https address"));
        using var late = new CancellationTokenSource(patience);
        // An operator's wish, no plugin's: there is no package yet that could declare the host.
        var result = await egress.SendAsync(new EgressRequest { Url = address, Timeout = patience, Declared = ["*"] }, late.Token);
        if (result.Answer is not { } answer)
            throw Refusal($"{url} cannot be fetched: {result.Failure?.Message}");
        if (answer.Status != 200)
            throw Refusal($"{url} answers {answer.Status}");
        return answer.Body.Length <= PackageLimits.ArchiveBytes ? answer.Body.ToArray() : throw Refusal($"{url} gave more than {PackageLimits.ArchiveBytes >> 20} MiB");
    }

    /// <summary>True if an archive has this SHA-256.</summary>
    public static bool Has(byte[] archive, string sha256) => Convert.ToHexStringLower(SHA256.HashData(archive)).Equals(sha256, StringComparison.OrdinalIgnoreCase);

    private static AdminRefusalException Refusal(string detail) => new(AdminProblem.Answer(422, "compile_error", "Not a package", detail));
}
