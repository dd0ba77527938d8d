using GripProxy.Proxy.Listeners.Tls;
using GripProxy.Testing;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Tests.Listeners.Tls;

public sealed class CertificateStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");
    private readonly List<string> _warnings = [];
    private readonly CertificateStore _store;

    public CertificateStoreTests() => _store = new CertificateStore(_folder.FullName, TimeProvider.System, new Recorder(_warnings));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Find_FilesAppearLater_AreFound()
    {
        Assert.Null(Find("a.example"));

        var written = Write("a.example");

        Assert.Equal(written, Find("a.example"));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Find_SameFiles_AreLoadedOnce()
    {
        Write("a.example");

        Assert.Same(_store.Find("a.example", 443), _store.Find("A.EXAMPLE", 443));
    }

    [Fact]
    public void Find_OldFilesRenewed_AreReadAgain()
    {
        Write("a.example");
        foreach (var extension in new[] { ".crt", ".key" })
            File.SetLastWriteTimeUtc(FileOf("a.example" + extension), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Find("a.example");

        Assert.Equal(Write("a.example"), Find("a.example"));
    }

    [Fact]
    public void Find_RenewedPair_IsReadAgain()
    {
        Write("a.example");
        Find("a.example");

        var renewed = Write("a.example");

        Assert.Equal(renewed, Find("a.example"));
    }

    [Fact]
    public void Find_LinkLeadsElsewhere_IsReadAgain()
    {
        var first = TestCertificate.Write(Path.Combine(_folder.FullName, "1"), "a", "a.example");
        var second = TestCertificate.Write(Path.Combine(_folder.FullName, "2"), "a", "a.example");
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "live"), "1");
        foreach (var extension in new[] { ".crt", ".key" })
            File.CreateSymbolicLink(FileOf("a.example" + extension), Path.Combine("live", "a" + extension));
        Assert.Equal(first, Find("a.example"));

        Directory.Delete(Path.Combine(_folder.FullName, "live"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "live"), "2");

        Assert.Equal(second, Find("a.example"));
    }

    [Fact]
    public void Find_NewCertificateBeforeItsKey_KeepsTheOldOneWithOneWarning()
    {
        var old = Write("a.example");
        Find("a.example");
        var key = File.ReadAllText(FileOf("a.example.key"));
        var renewed = Write("a.example");
        var renewedKey = File.ReadAllText(FileOf("a.example.key"));
        File.WriteAllText(FileOf("a.example.key"), key);

        Assert.Equal(old, Find("a.example"));
        Assert.Equal(old, Find("a.example"));
        Assert.StartsWith("certificate a.example has changed and cannot be used, the one before stays in use: ", Assert.Single(_warnings), StringComparison.Ordinal);

        File.WriteAllText(FileOf("a.example.key"), renewedKey);
        Assert.Equal(renewed, Find("a.example"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("nonsense")]
    public void Find_BrokenRenewal_KeepsTheOldOne(string content)
    {
        var old = Write("a.example");
        Find("a.example");

        File.WriteAllText(FileOf("a.example.crt"), content);

        Assert.Equal(old, Find("a.example"));
        Assert.Single(_warnings);
    }

    [Fact]
    public void Find_KeyGone_KeepsTheOldOne()
    {
        var old = Write("a.example");
        Find("a.example");

        File.Delete(FileOf("a.example.key"));

        Assert.Equal(old, Find("a.example"));
    }

    [Fact]
    public void Find_PairGone_FallsBackToTheDefault()
    {
        Write("a.example");
        var fallback = Write("default_443");
        Find("a.example");

        File.Delete(FileOf("a.example.crt"));
        File.Delete(FileOf("a.example.key"));

        Assert.Equal(fallback, Find("a.example"));
    }

    [Fact]
    public void Find_BrokenFromTheStart_FallsBackToTheDefaultWithOneWarning()
    {
        File.WriteAllText(FileOf("a.example.crt"), "nonsense");
        var fallback = Write("default_443");

        Assert.Equal(fallback, Find("a.example"));
        Assert.Equal(fallback, Find("a.example"));
        Assert.StartsWith("certificate a.example cannot be used: ", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_Several_PrefersTheNearest()
    {
        var exact = Write("a.example.com");
        var wildcard = Write("_.example.com");
        var fallback = Write("default_443");

        Assert.Equal(exact, Find("a.example.com"));
        Assert.Equal(wildcard, Find("b.example.com"));
        Assert.Equal(fallback, Find("x.b.example.com"));
        Assert.Equal(fallback, Find(""));
    }

    [Fact]
    public void Find_DefaultOfAnotherPort_IsNotUsed()
    {
        Write("default_8443");

        Assert.Null(Find("a.example"));
    }

    private string Write(string name) => TestCertificate.Write(_folder.FullName, name, "a.example");

    private string? Find(string requested) => _store.Find(requested, 443)?.TargetCertificate.Thumbprint;

    private string FileOf(string name) => Path.Combine(_folder.FullName, name);

    private sealed class Recorder(List<string> warnings) : ILogger<CertificatePair>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
                warnings.Add(formatter(state, exception));
        }
    }
}
