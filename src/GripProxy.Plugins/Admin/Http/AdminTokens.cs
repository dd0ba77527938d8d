using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Admin.Http;

/// <summary>Which tokens open the admin API (plugins-http.md §2). Thread-safe.</summary>
/// <param name="operatorHash">SHA-256 of the operator token in hex.</param>
/// <param name="others">Further tokens as they are now.</param>
internal sealed class AdminTokens(string operatorHash, Func<IEnumerable<(string Hash, AdminCaller Caller)>> others)
{
    private const string File = "operator.token";

    /// <summary>
    /// The operator token: of the configuration, else of its file, which is written with a new one if it is not there.
    /// </summary>
    /// <param name="configured">Key <c>admin_token</c>, or empty.</param>
    /// <param name="data">Folder of the file.</param>
    /// <param name="written">The file if it was written now, or null.</param>
    /// <returns>Its hash.</returns>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static string OperatorHash(string configured, string data, out string? written)
    {
        written = null;
        if (configured.Length > 0)
            return KeyHash.Of(configured);
        var path = Path.Combine(data, File);
        if (System.IO.File.Exists(path) && System.IO.File.ReadAllText(path).Trim() is { Length: > 0 } kept)
            return KeyHash.Of(kept);
        var made = New("gpo_");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(path, options))
            stream.Write(Encoding.UTF8.GetBytes(made + "\n"));
        written = path;
        return KeyHash.Of(made);
    }

    /// <summary>The tokens of a state store, as they are whenever they are asked for.</summary>
    public static Func<IEnumerable<(string Hash, AdminCaller Caller)>> OfTenants(IPluginStateStore store) => () => store.Current.Keys
        .Where(key => key.Kind != KeyKind.Ingest && !key.Disabled)
        .Select(key => (key.Hash, key.Kind == KeyKind.Operator ? new AdminCaller(NameOf(key), null) : new AdminCaller($"{TenantOf(store.Current, key)}/{NameOf(key)}", key.Tenant)));

    // With the tenant before it, a tenant's token never looks like an operator's in the audit log, whatever the tenant calls it.
    private static string TenantOf(PluginState state, KeyRecord key) => state.Find<TenantRecord>(TenantRecord.FieldOf(key.Tenant))?.Name ?? key.Tenant.ToString(CultureInfo.InvariantCulture);

    private static string NameOf(KeyRecord key) => key.Name.Length > 0 ? key.Name : key.Id;

    /// <summary>A token or key that nobody can guess: the prefix and 43 characters.</summary>
    public static string New(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whose token it is, or null. Takes as long for a near guess as for any other: hashes are compared, each with all of its bytes.</summary>
    public AdminCaller? Find(string token)
    {
        var hash = Encoding.ASCII.GetBytes(KeyHash.Of(token));
        AdminCaller? found = null;
        foreach (var (known, caller) in others().Prepend((operatorHash, new AdminCaller("operator", null))))
        {
            if (CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(known)))
                found ??= caller;
        }

        return found;
    }
}
