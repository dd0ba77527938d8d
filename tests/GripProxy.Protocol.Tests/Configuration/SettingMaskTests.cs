using GripProxy.Protocol.Configuration;

namespace GripProxy.Protocol.Tests.Configuration;

public sealed class SettingMaskTests
{
    [Theory]
    [InlineData("[proxy]\nsig_key=changeme\n", null)]
    [InlineData("[proxy]\nupstream_key=base64:aaaa\n", null)]
    [InlineData("[issuer:me]\nkey=secret\n", null)]
    [InlineData("[issuer:me]\nkey=file:me.pem\n", "file:me.pem")]
    [InlineData("[bearer:me]\ntoken=secret\n", null)]
    [InlineData("[basic:me]\npassword=secret\n", null)]
    [InlineData("[cluster]\nredis=localhost:6379,password=secret\n", null)]
    [InlineData("[cluster]\nkey=secret\n", null)]
    [InlineData("[plugins]\nadmin_token=secret\n", null)]
    [InlineData("[plugins]\nsecret_key=secret\n", null)]
    [InlineData("[telemetry]\notlp_endpoint=http://me:secret@localhost:4317\n", null)]
    [InlineData("[telemetry]\notlp_endpoint=http://localhost:4317\n", "http://localhost:4317")]
    [InlineData("[bearer:me]\ntokn=secret\n", null)]
    [InlineData("[nobody]\nknows=secret\n", null)]
    [InlineData("[signalr]\npath=/hub\n", "/hub")]
    public void Describe_OfAValue_HidesWhatIsOrMayBeASecret(string text, string? shown)
    {
        var view = Assert.Single(Settings.Parse(text).Describe());

        Assert.Equal(shown, view.Value);
        Assert.Equal("gripproxy.conf:2", view.Location);
    }

    [Fact]
    public void Describe_OfAKeyThatIsWrittenTwice_TellsTheOneInForce()
    {
        var views = Settings.Parse("[signalr]\npath=/one\n[client]\nh2=true\n[signalr]\npath=/two\n").Describe();

        Assert.Equal(["[signalr] path=/two gripproxy.conf:6", "[client] h2=true gripproxy.conf:4"], views.Select(view => $"[{view.Section}] {view.Key}={view.Value} {view.Location}"));
    }
}
