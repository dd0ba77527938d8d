using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.State;

/// <summary>The store in a file.</summary>
public sealed class SqliteStateStoreTests : PluginStateStoreContract, IDisposable
{
    private const string Secret = "very secret text";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task PLG14_File_HoldsNoConfigurationInPlainText()
    {
        await FillAsync();

        foreach (var file in Directory.GetFiles(_folder.Path))
            Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void PLG14_KeyFile_IsMadeOnce_AndNeverMadeOfNothing()
    {
        var path = _folder.File("secret.key");
        File.WriteAllText(path, "\n");

        var made = SecretKeyFile.ReadOrMake(path);

        Assert.Equal(43, made.Length);
        Assert.Equal(made, SecretKeyFile.ReadOrMake(path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task PLG14_File_UnderAnotherKey_IsNotOpenedAndSaysWhy()
    {
        await FillAsync();

        var refused = Assert.Throws<StateUnavailableException>(() => new SqliteStateStore(_folder.File("state.db"), new SecretBox("another key")));

        Assert.Contains("install/1/1 cannot be decrypted: [plugins] secret_key is not the key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PLG14_SecretKey_IsMadeOnceAndOnlyItsOwnerReadsIt()
    {
        var made = SecretKeyFile.ReadOrMake(_folder.File("secret.key"));

        Assert.Equal(43, made.Length);
        Assert.Equal(made, SecretKeyFile.ReadOrMake(_folder.File("secret.key")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("secret.key")));
    }

    [Fact]
    public void PLG14_Box_OpensOnlyWhereItWasPut()
    {
        var box = new SecretBox("a key");
        var kept = box.Seal("text"u8, "install/1/1");

        Assert.Equal("text"u8, box.Open(kept, "install/1/1"));
        Assert.Throws<StateUnavailableException>(() => box.Open(kept, "install/2/1"));
        kept[^1]++;
        Assert.Throws<StateUnavailableException>(() => box.Open(kept, "install/1/1"));
        Assert.Throws<StateUnavailableException>(() => box.Open([1, 2, 3], "install/1/1"));
    }

    public void Dispose() => _folder.Dispose();

    internal override Task<IPluginStateStore> OpenAsync() => Task.FromResult<IPluginStateStore>(new SqliteStateStore(_folder.File("state.db"), new SecretBox("a key")));

    private async Task FillAsync()
    {
        await using var store = await OpenAsync();
        var file = new AttachmentRecord("f1", "text/plain", "s.txt", Secret.Length);
        await store.UpdateAsync(
            state => state.With(new InstallRecord
            {
                Tenant = 1,
                Number = 1,
                Name = "p",
                Package = "none",
                Config = new JsonObject { ["password"] = Secret },
                Attachments = new Dictionary<string, AttachmentRecord>(StringComparer.Ordinal) { ["s"] = file },
            }),
            new StateContent { Files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { ["f1"] = Encoding.UTF8.GetBytes(Secret) } });
    }
}
