using GripProxy.Channels.Delivery;

namespace GripProxy.Channels.Tests.Delivery;

public class SharedFormsTests
{
    private int _made;

    [Fact]
    public void Get_SameSourceAndEqualForm_IsMadeOnce()
    {
        var forms = new SharedForms();
        var source = new object();
        Assert.Equal([1], Get(forms, source, "a").ToArray());
        Assert.Equal([2], Get(forms, source, "b").ToArray());
        Assert.Equal([1], Get(forms, source, new string('a', 1)).ToArray());
        Assert.Equal([2], Get(forms, source, "b").ToArray());
    }

    [Fact]
    public void Get_OtherSource_IsMadeAnew()
    {
        var forms = new SharedForms();
        Get(forms, new object(), "a");
        Assert.Equal([2], Get(forms, new object(), "a").ToArray());
    }

    private ReadOnlyMemory<byte> Get(SharedForms forms, object source, string form) =>
        forms.Get(source, form, (_, _) => new[] { (byte)++_made });
}
