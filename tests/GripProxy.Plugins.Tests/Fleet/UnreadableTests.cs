using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using GripProxy.Plugins.Supervision;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Tests.Fleet;

/// <summary>What cannot be read of one install keeps only this one from running (plugins.md §6).</summary>
public sealed class UnreadableTests
{
    private const string Broken = "export const processEvent = (event) => { event.properties.broken = false; return event }";
    private const string Other = "export const processEvent = (event) => { event.properties.other = true; return event }";

    [Fact]
    public async Task PLG40_DamagedPackage_StopsItsInstallOnly_UntilItComesOnceMore()
    {
        await using var fleet = new TestFleet();
        await PrepareAsync(fleet.Store);
        Run(fleet.StateFile, $"UPDATE packages SET files = x'{Convert.ToHexString("index.js\u00003\0abc"u8)}' WHERE hash = '{HashOf(Broken)}'");

        await fleet.StartAsync();

        var status = fleet.Status(1)!;
        Assert.Equal((InstallState.Failed, false), (status.State, status.MayRun));
        Assert.Equal($"package {HashOf(Broken)[..12]}: the stored package is damaged: bring it once more", status.Error!.Message);
        await OthersGoOnAsync(fleet);
        await fleet.InstallAsync(1, Broken);
        await fleet.UntilAsync(1, InstallState.Enabled);
    }

    [Fact]
    public async Task PLG40_DamagedAttachment_StopsItsInstallOnly()
    {
        await using var fleet = new TestFleet();
        await PrepareAsync(fleet.Store);
        Run(fleet.StateFile, "UPDATE files SET contents = x'00'");

        await fleet.StartAsync();

        Assert.Equal(InstallState.Failed, fleet.Status(1)!.State);
        Assert.StartsWith("what is kept of file/a cannot be decrypted", fleet.Status(1)!.Error!.Message, StringComparison.Ordinal);
        await OthersGoOnAsync(fleet);
    }

    private static async Task OthersGoOnAsync(TestFleet fleet)
    {
        await fleet.SendAsync("a", 1, tenant: 2);
        Assert.True((bool)(await fleet.PublishedAsync("other.events.e", 1))[0]["properties"]!["other"]!);
        await fleet.UpdateAsync(static state => state.With(state.FindInstall(2, 1)! with { Enabled = false }));
        Assert.Equal(InstallState.Disabled, fleet.Status(1, tenant: 2)!.State);
        await fleet.UpdateAsync(static state => state.With(state.FindInstall(1, 1)! with { Enabled = false }));
        Assert.Equal(InstallState.Disabled, fleet.Status(1)!.State);
    }

    // As left by a run before: the damage is there when the fleet starts.
    private static async Task PrepareAsync(SqliteStateStore store) => await store.UpdateAsync(
        static state => state
            .With(new PackageRecord { Tenant = 1, Hash = HashOf(Broken), Name = "p1", Version = "1" })
            .With(new InstallRecord
            {
                Tenant = 1,
                Number = 1,
                Name = "p1",
                Package = HashOf(Broken),
                Enabled = true,
                Attachments = new Dictionary<string, AttachmentRecord>(StringComparer.Ordinal) { ["file"] = new("a", "text/plain", "a.txt", 1) },
            })
            .With(new PackageRecord { Tenant = 2, Hash = HashOf(Other), Name = "p2", Version = "1" })
            .With(new InstallRecord { Tenant = 2, Number = 1, Name = "p2", Package = HashOf(Other), Enabled = true }),
        new StateContent
        {
            Packages = [PluginPackage.Read(PackageFiles.FromSource(Broken), inline: true), PluginPackage.Read(PackageFiles.FromSource(Other), inline: true)],
            Files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { ["a"] = "a"u8.ToArray() },
        });

    private static string HashOf(string source) => PackageFiles.FromSource(source).Hash;

    private static void Run(string file, string text)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
