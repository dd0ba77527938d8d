using System.Text;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Tests.Json;

namespace GripProxy.Protocol.Tests.Configuration;

public sealed class SettingsFuzzTests
{
    private static readonly byte[] File = Encoding.UTF8.GetBytes("""
        # a comment
        [global]
        include={libdir}/internal.conf
        rundir=run
        port_offset=10
        [proxy]
        x_forwarded_for=truncate:1,append ; the rest is a comment
        sig_key="a;b\\\"c"
        [issuer:a:b]
        key=file:key.pem
        [handler]
        message_wait=5000
        push_in_spec=tcp://127.0.0.1:5560
        """);

    [Fact]
    public void Read_SpoiltFile_NeverThrowsAndNamesAPlaceForEachProblem()
    {
        var mutation = new Mutation(seed: 5);
        for (var i = 0; i < 20_000; i++)
        {
            var settings = Settings.Parse(Encoding.UTF8.GetString(mutation.Spoil(File)));
            settings.Int("handler", "message_wait", 5000, min: 0);
            settings.List("proxy", "x_forwarded_for");
            settings.Text("handler", "push_in_spec");
            foreach (var name in settings.Names("issuer"))
                settings.Text("issuer:" + name, "key");
            settings.Complete(check: true);
            Assert.All(settings.Problems, problem => Assert.NotEqual("", problem.Text));
        }
    }
}
