using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Commands;
using GripProxy.Proxy.Listeners;
using GripProxy.Testing;

namespace GripProxy.Proxy.Tests.Commands;

public sealed class CertificatesCheckTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Run_SoundPairs_FindsNothing()
    {
        TestCertificate.Write(_folder.FullName, "a.example", "a.example");
        TestCertificate.Write(_folder.FullName, "default_443", "b.example");

        Assert.Empty(Run());
    }

    [Fact]
    public void Run_SeveralMistakes_NamesEachFile()
    {
        TestCertificate.Write(_folder.FullName, "lonely", "a.example");
        File.Delete(PathOf("lonely.key"));
        TestCertificate.Write(_folder.FullName, "mixed", "a.example");
        TestCertificate.Write(_folder.FullName, "other", "a.example");
        File.Copy(PathOf("other.key"), PathOf("mixed.key"), overwrite: true);
        TestCertificate.Write(_folder.FullName, "nonsense", "a.example");
        File.WriteAllText(PathOf("nonsense.crt"), "nonsense");
        TestCertificate.Write(_folder.FullName, "old", "a.example", days: -5);
        File.WriteAllText(PathOf("spare.key"), "");

        var problems = Run();

        Assert.Equal(
            [
                (ConfigSeverity.Error, "lonely.crt", "there is no lonely.key beside it"),
                (ConfigSeverity.Error, "mixed.crt", "it cannot be used with mixed.key: "),
                (ConfigSeverity.Error, "nonsense.crt", "it cannot be used with nonsense.key: there is no certificate in it"),
                (ConfigSeverity.Warning, "old.crt", "it expired on "),
                (ConfigSeverity.Warning, "spare.key", "there is no certificate of that name, it is not used"),
            ],
            problems.Select((problem, i) => (problem.Severity, Path.GetFileName(problem.Location), Shorten(problem.Text, i))));
    }

    [Theory]
    [InlineData("443", null, 1)]
    [InlineData("", "[events] listen", 1)]
    [InlineData("", null, 0)]
    public void Run_NoFolder_MattersToTlsListeners(string httpsPorts, string? others, int warnings)
    {
        var options = ClientListenerOptions.Read(Settings.Parse($"[runner]\nhttp_port=80\nhttps_ports={httpsPorts}\n", PathOf("none/gripproxy.conf")));

        Assert.Equal(warnings, CertificatesCheck.Run(options, TimeProvider.System, others).Count(problem => problem.Severity == ConfigSeverity.Warning));
    }

    // What the framework or the calendar adds is not ours.
    private static string Shorten(string text, int index) => index switch
    {
        1 => text[.."it cannot be used with mixed.key: ".Length],
        3 => text[.."it expired on ".Length],
        _ => text,
    };

    private IReadOnlyList<ConfigProblem> Run() =>
        CertificatesCheck.Run(new ClientListenerOptions { CertificateFolder = _folder.FullName }, TimeProvider.System);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
