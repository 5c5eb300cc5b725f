mod rows;

fn main() {
    println!("{} orders", std::mem::size_of::<rows::Order>());
}
